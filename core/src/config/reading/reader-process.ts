import { createHash } from 'node:crypto';
import { readRegularFile, UnreadableFile } from '../regular-file.ts';
import { locatePlaces, parseText } from './document.ts';
import { isQuestion, maxFileBytes, type Question, type ReadFile } from './source-reader.ts';

// The texts stay here until the process ends, so that positions are those of what was read.
const texts = new Map<string, string>();

process.on('message', (message) => {
  if (isQuestion(message)) process.send?.(answer(message));
});

function answer(question: Question): unknown {
  if (question.ask === 'locate') return locatePlaces(texts.get(question.file) ?? '', question.places);
  try {
    return read(question.file);
  } catch (thrown) {
    return {
      value: undefined,
      sha256: '',
      lines: [],
      faults: [{ line: 1, column: 1, message: explain(thrown) }],
    } satisfies ReadFile;
  }
}

function read(file: string): ReadFile {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(readRegularFile(file, maxFileBytes));
  texts.set(file, text);
  return { ...parseText(text), sha256: createHash('sha256').update(text).digest('hex') };
}

function explain(thrown: unknown): string {
  if (thrown instanceof UnreadableFile) return `cannot be read: it ${thrown.message}`;
  return `cannot be read: ${thrown instanceof TypeError ? 'it is no text in UTF-8' : 'nobody knows why'}`;
}
