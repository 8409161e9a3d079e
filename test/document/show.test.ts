import { describe, expect, test } from "vitest";
import { formatCount, formatPercent, shown, visible } from "../../src/document/index.ts";

describe("visible", () => {
  test.each([
    ["plain text", "plain text"],
    ["two\nlines", "two\\u{a}lines"],
    ["\u001b[31mred", "\\u{1b}[31mred"],
    ["right to left \u202e", "right to left \\u{202e}"],
    ["half a pair \ud800", "half a pair \\u{d800}"],
    ["no\u00a0break, é, 漢, 😀", "no\u00a0break, é, 漢, 😀"],
  ])("%j", (text, expected) => {
    expect(visible(text)).toBe(expected);
  });

  test("escapes as it is told", () => {
    expect(visible("a\tb", (codePoint) => `<${codePoint}>`)).toBe("a<9>b");
  });
});

describe("shown", () => {
  test.each([
    ["v1", "`v1`"],
    [1.1, "`1.1`"],
    ["", "``"],
    ["two words", "`two words`"],
    ["no\u00a0break", "`no\\u{a0}break`"],
    ["\t", "`\\u{9}`"],
  ])("%j", (text, expected) => {
    expect(shown(text)).toBe(expected);
  });

  test("is cut after 60 characters, which may have two units each", () => {
    expect(shown("a".repeat(60))).toBe(`\`${"a".repeat(60)}\``);
    expect(shown("a".repeat(61))).toBe(`\`${"a".repeat(60)}…\``);
    expect(shown("😀".repeat(60))).toBe(`\`${"😀".repeat(60)}\``);
    expect(shown("😀".repeat(61))).toBe(`\`${"😀".repeat(60)}…\``);
  });
});

test("formatPercent has two places, and no value for a part of nothing", () => {
  expect(formatPercent(0.05)).toBe("5.00 %");
  expect(formatPercent(1, 3)).toBe("33.33 %");
  expect(formatPercent(0, 0)).toBe("–");
  expect(formatPercent(0)).toBe("0.00 %");
});

test("formatCount puts thousands apart and rounds", () => {
  expect([0, 999, 20_000, 1_234_567, -1234, -123, 1999.6].map(formatCount)).toEqual([
    "0",
    "999",
    "20,000",
    "1,234,567",
    "-1,234",
    "-123",
    "2,000",
  ]);
});
