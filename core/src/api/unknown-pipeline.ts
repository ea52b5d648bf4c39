import { ApiError } from './api-error.ts';

/**
 * The answer for a pipeline that does not exist, and for one that the token may not see: nobody can tell
 * which.
 */
export function unknownPipeline(name: string): ApiError {
  return new ApiError(
    'NOT_FOUND',
    `There is no pipeline ${name}; GET /api/v1/pipelines names those that there are`,
  );
}
