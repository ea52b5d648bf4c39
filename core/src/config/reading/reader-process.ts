import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { locatePlaces, parseText } from './document.ts';
import { isQuestion, maxFileBytes, type Question, type ReadFile } from './source-reader.ts';

// The texts stay here until the process ends, so that positions are those of what was read.
const texts = new Map<string, string>();

process.on('message', async (message) => {
  if (isQuestion(message)) process.send?.(await answer(message));
});

async function answer(question: Question): Promise<unknown> {
  if (question.ask === 'locate') return locatePlaces(texts.get(question.file) ?? '', question.places);
  try {
    return await read(question.file);
  } catch (thrown) {
    const message = isMissing(thrown)
      ? 'there is no such file'
      : `cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
    return { value: undefined, sha256: '', lines: [], faults: [{ line: 1, column: 1, message }] } satisfies ReadFile;
  }
}

async function read(file: string): Promise<ReadFile> {
  const { size } = await stat(file);
  if (size > maxFileBytes) throw new Error(`more than ${maxFileBytes / 1024 ** 2}MB; split it with include:`);
  const text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
  texts.set(file, text);
  return { ...parseText(text), sha256: createHash('sha256').update(text).digest('hex') };
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
