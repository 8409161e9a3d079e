import { STATUS_CODES } from "node:http";

/** Why a request cannot be passed on: a status, a word for programs and a sentence for people. */
export interface Fault {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** The answer to a fault. It says nothing of where upstreams are. */
export function bodyOf({ code, message }: Fault): { readonly text: string; readonly headers: Readonly<Record<string, string>> } {
  const text = `${JSON.stringify({ error: code, message })}\n`;
  const headers = { "content-type": "application/json", "content-length": String(Buffer.byteLength(text)), "cache-control": "no-store" };
  return { text, headers };
}

/** A whole response of HTTP/1.1 as it is written to a socket; the connection ends behind it. */
export function rawResponse(fault: Fault): string {
  const { text, headers } = bodyOf(fault);
  const lines = Object.entries({ ...headers, connection: "close" }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${fault.status} ${STATUS_CODES[fault.status] ?? "Error"}\r\n${lines.join("")}\r\n${text}`;
}
