import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { WireRequest } from "../../src/convert/index.ts";

// Real daemons on loopback, asked byte for byte.

const required = process.env["CI_ENGINES"] === "required";

/** Whether a program can be run; in CI, where all of them are installed, each is taken for there, so that its absence is a failure. */
export function hasEngine(program: string, ...version: readonly string[]): boolean {
  const there = spawnSync(program, version).error === undefined;
  if (!there) console.info(`skipped: there is no ${program} on the PATH; CI_ENGINES=required makes that a failure`);
  return there || required;
}

/** Whether nginx has a module of this name, such as `js`. */
export function hasNginxModule(name: string): boolean {
  return hasModule(`/usr/lib/nginx/modules/ngx_http_${name}_module.so`);
}

/** Whether lighttpd has a module of this name, such as `magnet`. */
export function hasLighttpdModule(name: string): boolean {
  return hasModule(`/usr/lib/lighttpd/mod_${name}.so`);
}

function hasModule(file: string): boolean {
  const there = existsSync(file);
  if (!there) console.info(`skipped: there is no ${file}; CI_ENGINES=required makes that a failure`);
  return there || required;
}

/** A port of loopback that nobody listened on a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

/** A daemon that runs, and that answers a request with the version that it decides. */
export interface Engine {
  /** The body of each answer, or the status in brackets where it is not 200. */
  readonly ask: (requests: readonly WireRequest[]) => Promise<readonly string[]>;
  readonly stop: () => Promise<void>;
}

/** Starts a daemon and waits until it answers. */
export async function startEngine(program: string, args: readonly string[], port: number, env: NodeJS.ProcessEnv = {}): Promise<Engine> {
  const engine = spawn(program, [...args], { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } });
  let said = "";
  const listen = (chunk: Buffer): void => {
    said = `${said}${chunk.toString()}`.slice(-4_000);
  };
  engine.stdout.on("data", listen);
  engine.stderr.on("data", listen);
  const failed = new Promise<never>((_, reject) => engine.once("error", reject));
  failed.catch(() => {});
  const lines = [new Line(port), new Line(port), new Line(port), new Line(port)];
  const stop = async (): Promise<void> => {
    for (const line of lines) line.close();
    await stopped(engine);
  };
  for (let left = 200; ; left--) {
    const answer = await Promise.race([failed, lines[0]?.ask({ method: "GET", target: "/", headers: [] }).catch(() => undefined)]);
    if (answer !== undefined) break;
    if (left === 0 || engine.exitCode !== null) {
      await stop();
      throw new Error(`${program} did not start: ${said}`);
    }
    await sleep(50);
  }
  return {
    ask: async (requests) => {
      const answers: string[] = [];
      let next = 0;
      await Promise.all(
        lines.map(async (line) => {
          while (next < requests.length) {
            const index = next++;
            answers[index] = await line.ask(requests[index] as WireRequest);
          }
        }),
      );
      return answers;
    },
    stop,
  };
}

async function stopped(engine: ChildProcess): Promise<void> {
  if (engine.exitCode !== null || engine.signalCode !== null) return;
  engine.kill("SIGTERM");
  await once(engine, "exit");
}

/** The bytes of a request: a unit of its texts is a byte. A Host field is added where it has none. */
function bytesOf({ method, target, headers }: WireRequest): Buffer {
  const host = headers.some(([name]) => name.toLowerCase() === "host") ? [] : [["host", "h"] as const];
  const lines = [...host, ...headers].map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join("")}\r\n`, "latin1");
}

/** A connection on which one request after the other is sent; it is opened again where the other side has closed it. */
class Line {
  readonly #port: number;
  #socket: Socket | undefined;
  #received = "";
  #wake: () => void = () => {};

  constructor(port: number) {
    this.#port = port;
  }

  async ask(request: WireRequest): Promise<string> {
    const fresh = this.#socket === undefined;
    try {
      return await this.#attempt(request);
    } catch (error) {
      this.close();
      if (fresh) throw error;
      return this.#attempt(request);
    }
  }

  async #attempt(request: WireRequest): Promise<string> {
    const socket = await this.#open();
    socket.write(bytesOf(request));
    for (;;) {
      const end = this.#received.indexOf("\r\n\r\n");
      if (end !== -1) {
        const head = this.#received.slice(0, end);
        const status = head.slice(9, 12);
        const chunked = /^transfer-encoding: *chunked/im.test(head);
        const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
        const rest = this.#received.slice(end + 4);
        const done = request.method === "HEAD" ? true : chunked ? rest.endsWith("0\r\n\r\n") : rest.length >= length;
        if (done) {
          this.#received = "";
          if (/^connection: *close/im.test(head) || status !== "200") this.close();
          if (status !== "200") return `(${status})`;
          return (chunked ? rest.replace(/^[0-9a-f]+\r\n([\s\S]*)\r\n0\r\n\r\n$/i, "$1") : rest.slice(0, length)).replace(/\n$/, "");
        }
      }
      if (socket.closed || socket.readableEnded) throw new Error("the connection was closed");
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async #open(): Promise<Socket> {
    if (this.#socket !== undefined) return this.#socket;
    this.#received = "";
    const socket = connect(this.#port, "127.0.0.1").setNoDelay(true).setEncoding("latin1");
    socket.on("data", (chunk: string) => {
      this.#received += chunk;
      this.#wake();
    });
    for (const event of ["close", "end", "error"]) socket.on(event, () => this.#wake());
    await once(socket, "connect");
    this.#socket = socket;
    return socket;
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
    this.#received = "";
  }
}
