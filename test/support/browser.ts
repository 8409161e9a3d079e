import { afterAll, describe } from "vitest";
import { type Browser, chromium, type Page } from "playwright-core";
import { findChromium } from "./chromium.ts";

const program = findChromium();
const required = process.env["CI_CHROMIUM"] === "required";
if (program === undefined && !required)
  console.info("skipped: there is no chromium on the PATH; CI_CHROMIUM=required makes that a failure");

/** Tests in Chromium. They are skipped where it is not installed, and fail there if it is required. */
export const inChromium: ReturnType<typeof describe.skipIf> = describe.skipIf(program === undefined && !required);

let started: Promise<Browser> | undefined;

/** Milliseconds after which a step of a test has failed; the machine may be busy. */
const PATIENCE = 30_000;

/** A page of a browser that the tests of one file share. What the page complains of is in `complaints`. */
export async function openPage(options: {
  readonly width: number;
  readonly theme?: "light" | "dark";
  readonly language?: string;
}): Promise<{
  readonly page: Page;
  readonly complaints: readonly string[];
  readonly requests: readonly string[];
}> {
  started ??= chromium.launch({
    executablePath: program ?? "chromium",
    args: ["--no-sandbox", "--disable-gpu", "--force-color-profile=srgb"],
  });
  const browser = await started;
  const context = await browser.newContext({
    viewport: { width: options.width, height: options.width < 500 ? 844 : 800 },
    colorScheme: options.theme ?? "light",
    locale: options.language ?? "en-US",
    acceptDownloads: true,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("dialog", (dialog) => {
    complaints.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => requests.push(request.url()));
  return { page, complaints, requests };
}

afterAll(async () => {
  await (await started)?.close();
});
