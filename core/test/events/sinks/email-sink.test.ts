import { describe, expect, it } from 'vitest';
import type { EmailSinkConfig } from '../../../src/config/events.ts';
import { createEmailSink } from '../../../src/events/sinks/email-sink.ts';
import { emailSink } from '../configs.ts';
import { sampleOf } from '../samples.ts';
import { startMailServer } from './mail-server.ts';
import { surroundingsWith } from './surroundings.ts';

const never = new AbortController().signal;

function makeSink(port: number, changes: Partial<EmailSinkConfig> = {}) {
  const environment = { PASSWORD: 'p%40ss%20word', WRONG: 'wr0ngpass' };
  return createEmailSink(
    emailSink('email-1', `smtp://127.0.0.1:${port}`, changes),
    surroundingsWith(environment),
  );
}

function refuse(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

function headersOf(raw: string): readonly string[] {
  return (raw.split('\r\n\r\n')[0] ?? '').replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n');
}

describe('a sink of kind email', () => {
  it('gets plain text with the usual subject, under the same Message-ID at every try', async () => {
    const { port, mails } = await startMailServer();
    const sink = makeSink(port, { to: ['ops@example.com', 'Release Team <releases@example.com>'] });
    for (let round = 0; round < 2; round++)
      expect(await sink.give(sampleOf('artifact.published'), never)).toEqual({ status: 'taken' });
    expect(mails).toMatchObject([
      { from: 'sluice@example.com', to: ['ops@example.com', 'releases@example.com'] },
      { from: 'sluice@example.com' },
    ]);
    const [first, second] = mails.map(({ raw }) => headersOf(raw));
    expect(first).toEqual(
      expect.arrayContaining([
        'From: Sluice <sluice@example.com>',
        'Subject: [Sluice] npmjs/fastify 5.2.1 was published',
        'Message-ID: <0d1f0f0e-6a55-4a3e-9a57-6f6bd1a0a0aa-42@sluice>',
        'Date: Wed, 25 Nov 2026 10:00:00 +0000',
        'Content-Type: text/plain; charset=utf-8',
      ]),
    );
    expect(second?.filter((header) => header.startsWith('Message-ID'))).toEqual(
      first?.filter((header) => header.startsWith('Message-ID')),
    );
    expect(mails[0]?.raw.replaceAll('=\r\n', '')).toContain(
      '\r\n\r\nnpmjs/fastify 5.2.1 was published\r\n\r\nartifact.published, 2026-11-25T10:00:00.000Z\r\n',
    );
  });

  it('logs in where it has a password', async () => {
    const { port, mails } = await startMailServer({ authOptional: false });
    const server = `smtp://sluice:\${env:PASSWORD}@127.0.0.1:${port}`;
    expect(await makeSink(port, { server }).give(sampleOf('artifact.published'), never)).toEqual({
      status: 'taken',
    });
    expect(mails[0]?.user).toBe('sluice');
  });

  it('cannot be made to send other headers, whatever an event says', async () => {
    const { port, mails } = await startMailServer();
    const version = '1.0\r\nBcc: evil@example.com\r\n\r\nhello\u0000\u202e';
    const subject = 'News of {{data.version}}';
    await makeSink(port, { subject, template: 'Hi {{data.version}}' }).give(
      sampleOf('artifact.published', { version }),
      never,
    );
    const headers = headersOf(mails[0]?.raw ?? '');
    expect(headers.filter((header) => /^bcc/i.test(header))).toEqual([]);
    expect(headers.filter((header) => header.startsWith('Subject:'))).toHaveLength(1);
    expect(mails[0]?.to).toEqual(['ops@example.com']);
  });

  it.each([
    [
      'a recipient for good',
      {
        onRcptTo: (_: unknown, __: unknown, done: (error: Error) => void) =>
          done(refuse(550, 'no such user')),
      },
      'refused',
    ],
    [
      'a recipient for now',
      { onRcptTo: (_: unknown, __: unknown, done: (error: Error) => void) => done(refuse(451, 'grey')) },
      'later',
    ],
    [
      'whoever calls',
      { onConnect: (_: unknown, done: (error: Error) => void) => done(refuse(421, 'busy')) },
      'later',
    ],
  ])('whose server does not want %s is told so', async (_case, options, status) => {
    const { port } = await startMailServer(options);
    expect(await makeSink(port).give(sampleOf('artifact.published'), never)).toMatchObject({ status });
  });

  it('whose server takes some recipients has been told, and says whom not', async () => {
    const { port } = await startMailServer({
      onRcptTo: ({ address }, _session, done) =>
        done(address.startsWith('gone') ? refuse(550, 'no such user') : undefined),
    });
    const answer = await makeSink(port, { to: ['ops@example.com', 'gone@example.com'] }).give(
      sampleOf('artifact.published'),
      never,
    );
    expect(answer).toEqual({
      status: 'taken',
      warning: 'the mail server does not take mail for gone@example.com',
    });
  });

  it('with a wrong password is told later, and shows none of it', async () => {
    const { port } = await startMailServer({ authOptional: false });
    const answer = await makeSink(port, { server: `smtp://sluice:\${env:WRONG}@127.0.0.1:${port}` }).give(
      sampleOf('artifact.published'),
      never,
    );
    expect(answer).toMatchObject({ status: 'later' });
    expect(JSON.stringify(answer)).not.toContain('wr0ngpass');
  });

  it('breaks off when it is told to, whatever its server does', async () => {
    const stop = new AbortController();
    const { port } = await startMailServer({ onConnect: () => stop.abort(new Error('enough')) });
    await expect(makeSink(port).give(sampleOf('artifact.published'), stop.signal)).rejects.toThrow('enough');
  });
});
