import { jsonOf } from "../../alias/surface.ts";
import type { Certificate } from "../../index.ts";
import { type Terminal, write } from "../terminal/host.ts";
import { checkOwn, save, tellWritten, writable } from "./save.ts";

/** How a certificate begins. */
const BEGINNING = /^\{\n {2}"aliases": /;

/** Refuses a file that a certificate cannot go to; `-` is standard output. One that has an earlier certificate is written over. */
export async function checkCertificateFile(out: string, force: boolean): Promise<void> {
  if (out === "-") return;
  await writable(out);
  if (!force) await checkOwn(out, BEGINNING);
}

/** Writes a certificate. */
export async function writeCertificate(certificate: Certificate, out: string, host: Terminal): Promise<void> {
  const text = `${jsonOf(certificate, 2)}\n`;
  if (out === "-") return write(host.stdout, text);
  await save(out, text);
  await tellWritten(out, host);
}
