import { isDigit } from "./digit.ts";

/** How a log writes the time. */
export type Clock = "clf" | "iso" | "seconds" | "milliseconds" | "nanoseconds" | "haproxy";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

/** The time in milliseconds since 1970; NaN where the text is none. A time without a zone is read as UTC. */
export function timeOf(text: string, clock: Clock): number {
  switch (clock) {
    case "clf":
      return readCLF(text);
    case "iso":
      return readISO(text);
    case "haproxy":
      return readHAProxy(text);
    case "seconds":
      return /^\d{1,12}(?:\.\d{1,9})?$/.test(text) ? Math.round(Number(text) * 1000) : Number.NaN;
    case "milliseconds":
      return /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    case "nanoseconds":
      return /^\d{13,19}$/.test(text) ? Math.floor(Number(text) / 1e6) : Number.NaN;
  }
}

/** `31/Jan/2017:09:44:00 +0100` */
function readCLF(text: string): number {
  if (text.length !== 26 || text.charCodeAt(20) !== 32) return Number.NaN;
  return dayAndTime(text) - offset(text, 21, false);
}

/**
 * Makes the function that reads times such as `31/Jan/2017:09:44:00 +0100`, most of which are that of the line before. V8 compares texts of
 * at most 12 characters without a call, and longer ones, where they are parts of others, with one.
 */
export function clfReader(): (text: string) => number {
  let day = "";
  let clock = "";
  let zone = "";
  let instant = Number.NaN;
  return (text) => {
    const thisDay = text.slice(0, 12);
    const thisClock = text.slice(12, 20);
    const thisZone = text.slice(20);
    if (thisClock === clock && thisDay === day && thisZone === zone) return instant;
    day = thisDay;
    clock = thisClock;
    zone = thisZone;
    instant = readCLF(text);
    return instant;
  };
}

/** `06/Feb/2009:12:14:14.655` */
function readHAProxy(text: string): number {
  if (text.length !== 24 || text.charCodeAt(20) !== 46) return Number.NaN;
  return dayAndTime(text) + digits(text, 21, 3);
}

/** `31/Jan/2017:09:44:00` */
function dayAndTime(text: string): number {
  if (text[2] !== "/" || text[6] !== "/" || text[11] !== ":" || text[14] !== ":" || text[17] !== ":") return Number.NaN;
  const month = MONTHS.indexOf(text.slice(3, 6) as (typeof MONTHS)[number]);
  if (month === -1) return Number.NaN;
  return instant(digits(text, 7, 4), month, digits(text, 0, 2), digits(text, 12, 2), digits(text, 15, 2), digits(text, 18, 2));
}

/** `2024-01-31T09:44:00.186641Z`: RFC 3339, with a blank in place of the `T` or without a zone too. */
function readISO(text: string): number {
  const { length } = text;
  if (length < 19 || length > 35 || text[4] !== "-" || text[7] !== "-" || (text[10] !== "T" && text[10] !== " ")) return Number.NaN;
  if (text[13] !== ":" || text[16] !== ":") return Number.NaN;
  const day = instant(
    digits(text, 0, 4),
    digits(text, 5, 2) - 1,
    digits(text, 8, 2),
    digits(text, 11, 2),
    digits(text, 14, 2),
    digits(text, 17, 2),
  );
  let at = 19;
  let part = 0;
  if (text[at] === "." || text[at] === ",") {
    at++;
    for (let scale = 100; at < length && isDigit(text.charCodeAt(at)); at++, scale /= 10) part += (text.charCodeAt(at) - 48) * scale;
    if (at === 20) return Number.NaN;
  }
  const time = day + Math.floor(part);
  if (at === length || (at === length - 1 && text[at] === "Z")) return time;
  return time - offset(text, at, text[at + 3] === ":");
}

/** The zone behind the time, to the end of the text: `+0100` or `+01:00`. */
function offset(text: string, at: number, colon: boolean): number {
  const sign = text[at] === "+" ? 1 : text[at] === "-" ? -1 : Number.NaN;
  if (text.length !== at + (colon ? 6 : 5)) return Number.NaN;
  const hours = digits(text, at + 1, 2);
  const minutes = digits(text, at + (colon ? 4 : 3), 2);
  return hours < 24 && minutes < 60 ? sign * (hours * 60 + minutes) * 60_000 : Number.NaN;
}

/** `month` counts from 0. A second of 60 is one that was inserted. */
function instant(year: number, month: number, day: number, hour: number, minute: number, second: number): number {
  if (!(month >= 0 && month < 12 && hour < 24 && minute < 60 && second <= 60)) return Number.NaN;
  const days = month === 1 ? (isLeap(year) ? 29 : 28) : month === 3 || month === 5 || month === 8 || month === 10 ? 30 : 31;
  return day >= 1 && day <= days ? Date.UTC(year, month, day, hour, minute, second) : Number.NaN;
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function digits(text: string, from: number, count: number): number {
  let value = 0;
  for (let at = from; at < from + count; at++) {
    const unit = text.charCodeAt(at);
    if (!isDigit(unit)) return Number.NaN;
    value = value * 10 + unit - 48;
  }
  return value;
}
