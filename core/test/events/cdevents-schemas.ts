/**
 * The JSON Schemas of CDEvents 0.5.1 (cdevents.dev, the specification's folder `schemas`), for the events
 * that Sluice tells of: artifactpublished, pipelinerunqueued, pipelinerunstarted, pipelinerunfinished,
 * taskrunstarted and taskrunfinished. Typed in, since they are facts; they differ in the type and in the
 * content of the subject alone.
 */
const text = { type: 'string' };
const filled = { type: 'string', minLength: 1 };
const reference = { type: 'string', minLength: 1, format: 'uri-reference' };
const uri = { type: 'string', format: 'uri' };

function closed(properties: Readonly<Record<string, object>>, required: readonly string[] = []) {
  return {
    type: 'object',
    properties,
    additionalProperties: false,
    ...(required.length > 0 && { required }),
  };
}

function describeEvent(name: string, type: string, content: object) {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `https://cdevents.dev/0.5.1/schema/${name}-event`,
    ...closed(
      {
        context: closed(
          {
            specversion: filled,
            id: filled,
            source: reference,
            type: { type: 'string', enum: [type], default: type },
            timestamp: { type: 'string', format: 'date-time' },
            schemaUri: { type: 'string', minLength: 1, format: 'uri' },
            chainId: filled,
            // The specification refers to a schema of links; none are sent.
            links: { type: 'array' },
          },
          ['specversion', 'id', 'source', 'type', 'timestamp'],
        ),
        subject: closed({ id: filled, source: reference, content }, ['id', 'content']),
        customData: { oneOf: [{ type: 'object' }, { type: 'string', contentEncoding: 'base64' }] },
        customDataContentType: text,
      },
      ['context', 'subject'],
    ),
  };
}

const outcome = { type: 'string', enum: ['success', 'failure', 'cancel', 'error'] };
const pipelineRun = closed({ id: filled, source: reference }, ['id']);
const run = { pipelineName: text, uri };
const task = { taskName: text, uri, pipelineRun };

/** By the type of the CDEvent. */
export const cdEventsSchemas: Readonly<Record<string, object>> = {
  'dev.cdevents.artifact.published.0.3.0': describeEvent(
    'artifact-published',
    'dev.cdevents.artifact.published.0.3.0',
    closed({ sbom: closed({ uri: reference }, ['uri']), user: filled }),
  ),
  'dev.cdevents.pipelinerun.queued.0.3.0': describeEvent(
    'pipelinerun-queued',
    'dev.cdevents.pipelinerun.queued.0.3.0',
    closed(run, ['pipelineName']),
  ),
  'dev.cdevents.pipelinerun.started.0.3.0': describeEvent(
    'pipelinerun-started',
    'dev.cdevents.pipelinerun.started.0.3.0',
    closed(run, ['pipelineName', 'uri']),
  ),
  'dev.cdevents.pipelinerun.finished.0.3.0': describeEvent(
    'pipelinerun-finished',
    'dev.cdevents.pipelinerun.finished.0.3.0',
    closed({ ...run, outcome, errors: text }, ['pipelineName', 'outcome']),
  ),
  'dev.cdevents.taskrun.started.0.3.0': describeEvent(
    'taskrun-started',
    'dev.cdevents.taskrun.started.0.3.0',
    closed(task, ['taskName']),
  ),
  'dev.cdevents.taskrun.finished.0.3.0': describeEvent(
    'taskrun-finished',
    'dev.cdevents.taskrun.finished.0.3.0',
    closed({ ...task, outcome, errors: text }, ['taskName', 'outcome']),
  ),
};
