import { connect, type Socket } from "node:net";

/** Sends a text to a port as it is, and returns everything that comes back until the connection ends or is quiet for so long. */
export async function sendRaw(port: number, text: string, quiet = 300): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let received = "";
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const done = (): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(received);
    };
    const rest = (): void => {
      clearTimeout(timer);
      timer = setTimeout(done, quiet);
    };
    socket.on("data", (chunk: Buffer) => {
      received += chunk.toString("latin1");
      rest();
    });
    socket.on("close", done).on("error", done);
    socket.write(Buffer.from(text, "latin1"));
    timer = setTimeout(done, 5_000);
  });
}

/** Opens a connection, and gives what has come so far. */
export function open(port: number): { readonly socket: Socket; readonly received: () => string } {
  const socket = connect(port, "127.0.0.1");
  let text = "";
  socket.on("data", (chunk: Buffer) => (text += chunk.toString("latin1"))).on("error", () => {});
  return { socket, received: () => text };
}
