-- untested: this script has not been run on BigQuery
CREATE TEMP FUNCTION canary_text(value STRING) AS (value);

CREATE TEMP FUNCTION canary_cookie(cookies STRING, name STRING) RETURNS STRING LANGUAGE js AS r"""
if (cookies === null || cookies === undefined) return null;
const trimmed = (text) => text.replace(/^[ \t]+|[ \t]+$/g, "");
for (const pair of cookies.split(";")) {
  const at = pair.indexOf("=");
  if (at !== -1 && trimmed(pair.slice(0, at)) === name) return trimmed(pair.slice(at + 1));
}
return null;
""";

CREATE TEMP FUNCTION canary_sha256_slot(key STRING) AS (DIV((TO_CODE_POINTS(SHA256(key))[OFFSET(28)] + TO_CODE_POINTS(SHA256(key))[OFFSET(29)] * 256 + TO_CODE_POINTS(SHA256(key))[OFFSET(30)] * 65536 + TO_CODE_POINTS(SHA256(key))[OFFSET(31)] * 16777216) * 10000, 4294967296));

CREATE TEMP FUNCTION canary_query(target STRING, name STRING) RETURNS STRING LANGUAGE js AS r"""
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
""";

CREATE TEMP FUNCTION canary_path(target STRING) RETURNS STRING LANGUAGE js AS r"""
if (target === null || target === undefined) return null;
const path = target.split(/[?#]/, 1)[0];
if (!/^[A-Za-z][A-Za-z0-9+.-]*:[/][/]/.test(path)) return path;
const rest = path.slice(path.indexOf("://") + 3);
const at = rest.indexOf("/");
return at === -1 ? "/" : rest.slice(at);
""";

SELECT * EXCEPT (canary_text_0, canary_text_1, canary_text_2, canary_field_0, canary_field_1, canary_rule, canary_key, canary_slot, canary_outcome),
  (['v3', 'v2', 'v1', 'v1', 'v1'])[SAFE_OFFSET(canary_outcome)] AS canary_version,
  (['rule', 'split', 'split', 'default', 'error'])[SAFE_OFFSET(canary_outcome)] AS canary_reason,
  (['/additional_version_strategy/v3', '/additional_version_weights/v2', '/version', '/stickiness/on_missing', ''])[SAFE_OFFSET(canary_outcome)] AS canary_at,
  canary_slot
FROM (
SELECT *,
  CASE WHEN canary_rule IS NOT NULL THEN canary_rule WHEN canary_slot < 2000 THEN 1 WHEN canary_slot < 10000 THEN 2 ELSE 3 END AS canary_outcome
FROM (
SELECT *,
  CASE WHEN canary_rule IS NOT NULL THEN CAST(NULL AS INT64) WHEN canary_key IS NOT NULL THEN CAST(canary_sha256_slot(canary_key) AS INT64) ELSE CAST(NULL AS INT64) END AS canary_slot
FROM (
SELECT *,
  CASE WHEN canary_field_0 = 'it\'s' OR canary_field_1 = '/a' THEN 0 ELSE CAST(NULL AS INT64) END AS canary_rule,
  CASE WHEN canary_text_2 <> '' THEN ('shop' || canary_text_2) ELSE CAST(NULL AS STRING) END AS canary_key
FROM (
SELECT *,
  canary_cookie(canary_text_0, 'beta') AS canary_field_0,
  canary_path(canary_text_1) AS canary_field_1
FROM (
SELECT *,
  canary_text((cookie)) AS canary_text_0,
  canary_text((target)) AS canary_text_1,
  canary_text(`x_user`) AS canary_text_2
FROM requests)))));
