-- untested: this script has not been run on Snowflake
CREATE OR REPLACE TEMPORARY FUNCTION canary_cookie("cookies" VARCHAR, "name" VARCHAR) RETURNS VARCHAR LANGUAGE JAVASCRIPT AS $$
if (cookies === null || cookies === undefined) return null;
const trimmed = (text) => text.replace(/^[ \t]+|[ \t]+$/g, "");
for (const pair of cookies.split(";")) {
  const at = pair.indexOf("=");
  if (at !== -1 && trimmed(pair.slice(0, at)) === name) return trimmed(pair.slice(at + 1));
}
return null;
$$;

CREATE OR REPLACE TEMPORARY FUNCTION canary_sha256_slot(key VARCHAR) RETURNS DOUBLE AS $$
FLOOR(TO_NUMBER(SUBSTR(SHA2(key, 256), 63, 2) || SUBSTR(SHA2(key, 256), 61, 2) || SUBSTR(SHA2(key, 256), 59, 2) || SUBSTR(SHA2(key, 256), 57, 2), 'XXXXXXXX') * 10000 / 4294967296)
$$;

CREATE OR REPLACE TEMPORARY FUNCTION canary_query("target" VARCHAR, "name" VARCHAR) RETURNS VARCHAR LANGUAGE JAVASCRIPT AS $$
if (target === null || target === undefined) return null;
const decoded = (text) => {
  try {
    return text.replace(/[+]/g, " ").replace(/(?:%[0-9a-fA-F]{2})+/g, decodeURIComponent);
  } catch (error) {
    return null;
  }
};
const whole = target.split("#", 1)[0];
const from = whole.indexOf("?");
if (from === -1) return null;
for (const pair of whole.slice(from + 1).split("&")) {
  if (pair === "") continue;
  const at = pair.indexOf("=");
  if (decoded(at === -1 ? pair : pair.slice(0, at)) === name) return decoded(at === -1 ? "" : pair.slice(at + 1));
}
return null;
$$;

CREATE OR REPLACE TEMPORARY FUNCTION canary_path("target" VARCHAR) RETURNS VARCHAR LANGUAGE JAVASCRIPT AS $$
if (target === null || target === undefined) return null;
const path = target.split(/[?#]/, 1)[0];
if (!/^[A-Za-z][A-Za-z0-9+.-]*:[/][/]/.test(path)) return path;
const rest = path.slice(path.indexOf("://") + 3);
const at = rest.indexOf("/");
return at === -1 ? "/" : rest.slice(at);
$$;

SELECT * EXCLUDE (canary_text_0, canary_text_1, canary_text_2, canary_field_0, canary_field_1, canary_rule, canary_key, canary_slot, canary_outcome),
  CASE canary_outcome WHEN 0 THEN 'v3' WHEN 1 THEN 'v2' WHEN 2 THEN 'v1' WHEN 3 THEN 'v1' WHEN 4 THEN 'v1' END AS canary_version,
  CASE canary_outcome WHEN 0 THEN 'rule' WHEN 1 THEN 'split' WHEN 2 THEN 'split' WHEN 3 THEN 'default' WHEN 4 THEN 'error' END AS canary_reason,
  CASE canary_outcome WHEN 0 THEN '/additional_version_strategy/v3' WHEN 1 THEN '/additional_version_weights/v2' WHEN 2 THEN '/version' WHEN 3 THEN '/stickiness/on_missing' WHEN 4 THEN '' END AS canary_at,
  canary_slot
FROM (
SELECT *,
  CASE WHEN canary_rule IS NOT NULL THEN canary_rule WHEN canary_slot < 2000 THEN 1 WHEN canary_slot < 10000 THEN 2 ELSE 3 END AS canary_outcome
FROM (
SELECT *,
  CASE WHEN canary_rule IS NOT NULL THEN CAST(NULL AS INTEGER) WHEN canary_key IS NOT NULL THEN CAST(canary_sha256_slot(canary_key) AS INTEGER) ELSE CAST(NULL AS INTEGER) END AS canary_slot
FROM (
SELECT *,
  CASE WHEN canary_field_0 = 'it\'s' OR canary_field_1 = '/a' THEN 0 ELSE CAST(NULL AS INTEGER) END AS canary_rule,
  CASE WHEN canary_text_2 <> '' THEN ('shop' || canary_text_2) ELSE CAST(NULL AS VARCHAR) END AS canary_key
FROM (
SELECT *,
  canary_cookie(canary_text_0, 'beta') AS canary_field_0,
  canary_path(canary_text_1) AS canary_field_1
FROM (
SELECT *,
  TO_VARCHAR((cookie)) AS canary_text_0,
  TO_VARCHAR((target)) AS canary_text_1,
  TO_VARCHAR("X_USER") AS canary_text_2
FROM requests)))));
