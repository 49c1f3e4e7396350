/** A small mail server for tests: speaks enough SMTP to take a message, and can refuse. */

import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

export interface SmtpSink {
  readonly port: number;
  readonly mails: {
    readonly from: string;
    readonly to: readonly string[];
    readonly data: string;
  }[];
  /** Answers by the start of a command instead of the usual one; an empty answer is none at all. */
  readonly answers: Map<string, string>;
  readonly commands: string[];
  close(): Promise<void>;
}

export async function startSmtpSink(): Promise<SmtpSink> {
  const sockets = new Set<Socket>();
  const sink = { mails: [] as SmtpSink['mails'], answers: new Map(), commands: [] as string[] };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    converse(socket, sink);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { ...sink, port, close: () => closeAll(server, sockets) };
}

function converse(socket: Socket, sink: Pick<SmtpSink, 'mails' | 'answers' | 'commands'>): void {
  let mail = { from: '', to: [] as string[], data: '' };
  let inData = false;
  let buffer = '';
  const say = (line: string): void => {
    if (line !== '') socket.write(`${line}\r\n`);
  };
  const command = (line: string): void => {
    sink.commands.push(line);
    const refusal = [...sink.answers].find(([start]) => line.startsWith(start));
    if (refusal) return say(refusal[1]);
    if (line.startsWith('EHLO')) return say('250-sink\r\n250-AUTH PLAIN\r\n250 SMTPUTF8');
    if (line.startsWith('AUTH')) return say('235 welcome');
    if (line.startsWith('MAIL')) mail = { from: line, to: [], data: '' };
    if (line.startsWith('RCPT')) mail.to.push(/<(.*)>/.exec(line)?.[1] ?? line);
    if (line.startsWith('QUIT')) return void socket.end('221 bye\r\n');
    inData = line === 'DATA';
    return say(inData ? '354 go on' : '250 fine');
  };
  const data = (line: string): void => {
    if (line !== '.') {
      mail.data += `${line}\n`;
      return;
    }
    inData = false;
    sink.commands.push('<end of data>');
    const refusal = sink.answers.get('<end of data>');
    if (refusal === undefined) sink.mails.push(mail);
    say(refusal ?? '250 taken');
  };
  const greeting = sink.answers.get('<greeting>');
  say(greeting ?? '220 sink ESMTP');
  socket.on('data', (chunk) => {
    buffer += chunk.toString('utf8');
    const lines = buffer.split('\r\n');
    buffer = lines.pop() ?? '';
    for (const line of lines) (inData ? data : command)(line);
  });
}

async function closeAll(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}
