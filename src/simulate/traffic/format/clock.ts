import { isDigit } from "./digit.ts";

const SPACE = 32;
const COMMA = 44;
const DOT = 46;
const COLON = 58;
const UPPER_Z = 90;

/** How a log writes the time. */
export type Clock = "clf" | "iso" | "seconds" | "milliseconds" | "nanoseconds" | "haproxy";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

/** Reads the time that stands from `from` up to `to`: milliseconds since 1970, NaN where there is none. Without a zone it is read as UTC. */
export type ReadTime = (text: string, from: number, to: number) => number;

/** The time that a whole text is; NaN where it is none. */
export function timeOf(text: string, clock: Clock): number {
  return readerOf(clock, dayAndTime, dateAndTime)(text, 0, text.length);
}

/**
 * Makes the function that reads times of one clock. Most lines of a log have the second of the line before, so that is remembered, and a
 * fraction or a zone is read anew.
 */
export function timeReader(clock: Clock): ReadTime {
  return readerOf(clock, remembered(dayAndTime, 12, 20), remembered(dateAndTime, 11, 19));
}

/** Reads a date and a time up to the second, as if they were UTC. */
type ReadSecond = (text: string, from: number) => number;

/**
 * The last answer is kept by the day, which ends at `middle`, and the time, which ends at `length`. V8 copies texts of at most 12 characters, and
 * compares them without a call.
 */
function remembered(read: ReadSecond, middle: number, length: number): ReadSecond {
  let day = "";
  let clock = "";
  let second = Number.NaN;
  return (text, from) => {
    const thisDay = text.slice(from, from + middle);
    const thisClock = text.slice(from + middle, from + length);
    if (thisClock === clock && thisDay === day) return second;
    day = thisDay;
    clock = thisClock;
    second = read(text, from);
    return second;
  };
}

function readerOf(clock: Clock, readDay: ReadSecond, readDate: ReadSecond): ReadTime {
  switch (clock) {
    case "clf":
      return (text, from, to) => readCLF(text, from, to, readDay);
    case "iso":
      return (text, from, to) => readISO(text, from, to, readDate);
    case "haproxy":
      return (text, from, to) => readHAProxy(text, from, to, readDay);
    case "seconds":
    case "milliseconds":
    case "nanoseconds":
      return (text, from, to) => sinceEpoch(text.slice(from, to), clock);
  }
}

function sinceEpoch(text: string, unit: "seconds" | "milliseconds" | "nanoseconds"): number {
  switch (unit) {
    case "seconds":
      return /^\d{1,12}(?:\.\d{1,9})?$/.test(text) ? Math.round(Number(text) * 1000) : Number.NaN;
    case "milliseconds":
      return /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    case "nanoseconds":
      return /^\d{13,19}$/.test(text) ? Math.floor(Number(text) / 1e6) : Number.NaN;
  }
}

/** `31/Jan/2017:09:44:00 +0100` */
function readCLF(text: string, from: number, to: number, readDay: ReadSecond): number {
  if (to - from !== 26 || text.charCodeAt(from + 20) !== SPACE) return Number.NaN;
  return readDay(text, from) - offset(text, from + 21, to, false);
}

/** `06/Feb/2009:12:14:14.655` */
function readHAProxy(text: string, from: number, to: number, readDay: ReadSecond): number {
  if (to - from !== 24 || text.charCodeAt(from + 20) !== DOT) return Number.NaN;
  return readDay(text, from) + digits(text, from + 21, 3);
}

/** `31/Jan/2017:09:44:00` */
function dayAndTime(text: string, from: number): number {
  if (text[from + 2] !== "/" || text[from + 6] !== "/" || text[from + 11] !== ":" || !hasColons(text, from + 14)) return Number.NaN;
  const month = MONTHS.indexOf(text.slice(from + 3, from + 6) as (typeof MONTHS)[number]);
  if (month === -1) return Number.NaN;
  return instant(digits(text, from + 7, 4), month, digits(text, from, 2), text, from + 12);
}

/** `2024-01-31T09:44:00.186641Z`: RFC 3339, with a blank in place of the `T` or without a zone too. */
function readISO(text: string, from: number, to: number, readDate: ReadSecond): number {
  if (to - from < 19 || to - from > 35) return Number.NaN;
  const second = readDate(text, from);
  let at = from + 19;
  let part = 0;
  const unit = at < to ? text.charCodeAt(at) : 0;
  if (unit === DOT || unit === COMMA) {
    at++;
    for (let scale = 100; at < to && isDigit(text.charCodeAt(at)); at++, scale /= 10) part += (text.charCodeAt(at) - 48) * scale;
    if (at === from + 20) return Number.NaN;
  }
  const time = second + Math.floor(part);
  if (at === to || (at === to - 1 && text.charCodeAt(at) === UPPER_Z)) return time;
  return time - offset(text, at, to, text.charCodeAt(at + 3) === COLON);
}

/** `2024-01-31T09:44:00` */
function dateAndTime(text: string, from: number): number {
  if (text[from + 4] !== "-" || text[from + 7] !== "-" || (text[from + 10] !== "T" && text[from + 10] !== " ")) return Number.NaN;
  if (!hasColons(text, from + 13)) return Number.NaN;
  return instant(digits(text, from, 4), digits(text, from + 5, 2) - 1, digits(text, from + 8, 2), text, from + 11);
}

/** Makes the function that reads a date and a time that stand apart, in UTC: `2024-01-31` and `09:44:00`. */
export function dateReader(): (date: string, clock: string) => number {
  let lastDate = "";
  let lastClock = "";
  let last = Number.NaN;
  return (date, clock) => {
    if (clock === lastClock && date === lastDate) return last;
    lastDate = date;
    lastClock = clock;
    last = timeOf(`${date}T${clock}Z`, "iso");
    return last;
  };
}

function hasColons(text: string, at: number): boolean {
  return text.charCodeAt(at) === COLON && text.charCodeAt(at + 3) === COLON;
}

/** The zone behind the time, up to `to`: `+0100` or `+01:00`. */
function offset(text: string, at: number, to: number, colon: boolean): number {
  const sign = text[at] === "+" ? 1 : text[at] === "-" ? -1 : Number.NaN;
  if (to !== at + (colon ? 6 : 5)) return Number.NaN;
  const hours = digits(text, at + 1, 2);
  const minutes = digits(text, at + (colon ? 4 : 3), 2);
  return hours < 24 && minutes < 60 ? sign * (hours * 60 + minutes) * 60_000 : Number.NaN;
}

/** The hours begin at `clock`, and `month` counts from 0. A second of 60 is one that was inserted. */
function instant(year: number, month: number, day: number, text: string, clock: number): number {
  const hour = digits(text, clock, 2);
  const minute = digits(text, clock + 3, 2);
  const second = digits(text, clock + 6, 2);
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
