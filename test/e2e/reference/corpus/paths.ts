/** Push paths: from a path to a grouping key, and the errors on the way. */

import {
  type Difference,
  type Exchange,
  refusal,
  type Scenario,
  scrape,
  send,
} from "../scenario.ts";

const BODY = "a 1\n";

/** Each is used with PUT and with DELETE, which must find the group that the PUT made. */
const EQUAL: readonly string[] = [
  "/metrics/job/a",
  "/metrics/job/a/",
  "/metrics/job/a/b",
  "/metrics/job/a/b/",
  "/metrics/job/a/b/c",
  "/metrics/job/a/b/c/",
  "/metrics/job/a/b/c/d",
  "/metrics/job/a/b/c/d/",
  "/metrics/job/a/b/c/d/e",
  "/metrics/job/a/z/1/y/2/x/3",
  "/metrics/job/a/instance/i",
  "/metrics/job/a/instance/",
  "/metrics/job/a/b/c?x=y",
  "/metrics/job/a?x=/y/z",
  "/metrics/job",
  "/metrics/job@base64",
  "/metrics/job@base64/=",
  "/metrics/job@base64/==",
  "/metrics/job@base64/YQ",
  "/metrics/job@base64/YQ=",
  "/metrics/job@base64/YQ==",
  "/metrics/job@base64/YQ===",
  "/metrics/job@base64/YWI",
  "/metrics/job@base64/YWI=",
  "/metrics/job@base64/YWJj",
  "/metrics/job@base64/YWJjZA",
  "/metrics/job@base64/YR",
  "/metrics/job@base64/w7w",
  "/metrics/job@base64/YS9i",
  "/metrics/job@base64/YQ/b/c",
  "/metrics/job@base64/YQ/b@base64/Yw",
  "/metrics/job%40base64/YQ",
  "/metrics/j%6Fb/a",
  "/metrics/job/YQ@base64",
  "/metrics/job/@base64",
  "/metrics/job/a@base64",
  "/metrics/job/a/b@base64/",
  "/metrics/job/a/b@base64/=",
  "/metrics/job/a/b@base64/==",
  "/metrics/job/a/b@base64/Lw",
  "/metrics/job/a/b@base64/Lw==",
  "/metrics/job/a/b@base64/L3Zhci90bXA",
  "/metrics/job/a/b@base64/4pyT",
  "/metrics/job/a/b@base64/+",
  "/metrics/job/a/b@base64/a+b=",
  "/metrics/job/a/b@base64/*",
  "/metrics/job/a/b@base64/L",
  "/metrics/job/a/b%40base64/Lw",
  "/metrics/job/a/b@BASE64/Lw",
  "/metrics/job/a/b@base32/Lw",
  "/metrics/job/a/@base64/Lw",
  "/metrics/job/a/b@base64@base64/Lw",
  "/metrics/job/a/instance@base64/",
  "/metrics/job/a/job/b",
  "/metrics/job/a/job@base64/Yg",
  "/metrics/job/a/b/1/b/2",
  "/metrics/job/a/b/1/c/2/b/3",
  "/metrics/job/a/b@base64/Lw/b/2",
  "/metrics/job/a/b/2/b@base64/Lw",
  "/metrics/job/a/b-c/d",
  "/metrics/job/a/b.c/d",
  "/metrics/job/a/b:c/d",
  "/metrics/job/a/1b/d",
  "/metrics/job/a/b1/d",
  "/metrics/job/a/_/d",
  "/metrics/job/a/_b/d",
  "/metrics/job/a/__/d",
  "/metrics/job/a/__name__/d",
  "/metrics/job/a/__address__/d",
  "/metrics/job/a/b__/d",
  "/metrics/job/a/B/d",
  "/metrics/job/a/b%20c/d",
  "/metrics/job/a/%C3%BC/d",
  "/metrics/job/a/%F0%9F%98%80/d",
  "/metrics/job/a/b%22c/d",
  "/metrics/job/a/b%00c/d",
  "/metrics/job/a/le/5",
  "/metrics/job/a/quantile/0.5",
  "/metrics/job/a/U__b_2e_c/d",
  "/metrics/job/%C3%BC",
  "/metrics/job/%c3%bc",
  "/metrics/job/a%20b",
  "/metrics/job/a+b",
  "/metrics/job/a%2Bb",
  "/metrics/job/a%25b",
  "/metrics/job/a%252Fb",
  "/metrics/job/a%22b",
  "/metrics/job/a%0Ab",
  "/metrics/job/a%0D%0Ab",
  "/metrics/job/a%09b",
  "/metrics/job/a%00b",
  "/metrics/job/a%7Fb",
  "/metrics/job/a%3Fb",
  "/metrics/job/a%23b",
  "/metrics/job/a%3Db",
  "/metrics/job/a%26b",
  "/metrics/job/a;b",
  "/metrics/job/a:b",
  "/metrics/job/a,b",
  "/metrics/job/a~b!c'd(e)f*g",
  "/metrics/job/a$b&c=d",
  "/metrics/job/a|b^c`d",
  "/metrics/job/a[b]",
  '/metrics/job/a"b',
  "/metrics/job/a<b>",
  "/metrics/job/a{b}",
  "/metrics/job/...",
  "/metrics/job/.a",
  "/metrics/job/a.",
  "/metrics/job/a/b/..c",
  "/metrics/job/job",
  "/metrics/job/metrics/metrics/job",
  "/metrics/job/a/job/",
  "/metrics/job/%EF%BB%BFa",
  "/metrics/job/a%E2%80%A8b",
  "/metrics/job/%F0%9F%98%80/b/%F0%9F%98%80",
  `/metrics/job/${"long".repeat(500)}`,
  `/metrics/job/a/${"long_label_".repeat(100)}/b`,
  `/metrics/job/many${Array.from({ length: 60 }, (_, i) => `/l${i}/v${i}`).join("")}`,
  "/metrics/jobs/a",
  "/metrics/job@base65/a",
  "/metrics/job@/a",
  "/metrics/instance/a",
  "/metrics/a/b",
  "/metric/job/a",
  "/job/a",
];

/** Jobs that are not base64. The reference answers each handler's first one and then holds a lock for good. */
const BAD_JOBS: readonly string[] = [
  "/metrics/job@base64/Y",
  "/metrics/job@base64/YWJjZ",
  "/metrics/job@base64/YQ=a",
  "/metrics/job@base64/=YQ",
  "/metrics/job@base64/YQ%0A",
  "/metrics/job@base64/!!!",
  "/metrics/job@base64/YWJj!!!",
  "/metrics/job@base64/a+b",
  "/metrics/job@base64/Y%20Q",
  "/metrics/job@base64/YWJj%0AZA",
  "/metrics/job@base64/!/b",
];

const NO_JOB =
  "ours: says what is missing; the reference redirects to a path that does not exist, or has none";
const LITERAL =
  "ours: a path is taken as it is written; the reference's router guesses and redirects";
const NOT_UTF8 = "ours: a grouping value that is not UTF-8 is 400 and leaves no trace";
const EMPTY_SEGMENT = "empty segment in the path; write an empty value as LABEL@base64/=";
const EMPTY = "ours: an empty segment inside the path is 400 with a hint";
const ESCAPE = "ours: the error says what is wrong; Go's server refuses the request line";
const SLASH = "ours: a percent-encoded slash stays part of its segment";
const FOLDED =
  "dot segments are folded by Bun before any handler sees them; the reference redirects";

/** Paths that we refuse, and how: path, error, reason, status where it is not 400. */
const REFUSED: readonly (readonly [string, string, string, number?])[] = [
  ["/metrics/job/", "job name is required", NO_JOB],
  ["/metrics/job@base64/", "job name is required", NO_JOB],
  ["/metrics/Job/a", "404 page not found", LITERAL, 404],
  ["/Metrics/job/a", "404 page not found", LITERAL, 404],
  ["/metrics/job/a//b", EMPTY_SEGMENT, EMPTY],
  ["/metrics/job/a/b//c/d", EMPTY_SEGMENT, EMPTY],
  ["/metrics/job//b/c", EMPTY_SEGMENT, EMPTY],
  ["/metrics/job/a//", EMPTY_SEGMENT, EMPTY],
  ["/metrics/job/a%zz", 'invalid URL escape "%zz"', ESCAPE],
  ["/metrics/job/a%", 'invalid URL escape "%"', ESCAPE],
  ["/metrics/job/a%4", 'invalid URL escape "%4"', ESCAPE],
  ["/metrics/job/a/b%/c", 'invalid URL escape "%"', ESCAPE],
];

/** Keys that are not UTF-8. The reference takes them in and then fails, for everybody. */
const NOT_TEXT: readonly (readonly [string, string])[] = [
  ["/metrics/job/%ff", 'path segment "%ff" is not valid UTF-8'],
  ["/metrics/job/a/b/%c3", 'path segment "%c3" is not valid UTF-8'],
  ["/metrics/job@base64/__8=", "job name is not valid UTF-8"],
  ["/metrics/job/a/b@base64/_-_-", "value of label b is not valid UTF-8"],
];

/** Encoded slashes, and the same for the reference. */
const SLASHES: readonly (readonly [string, string])[] = [
  ["/metrics/job/a%2Fb", "/metrics/job@base64/YS9i"],
  ["/metrics/job/a%2fb", "/metrics/job@base64/YS9i"],
  ["/metrics/job/%2F", "/metrics/job@base64/Lw"],
  ["/metrics/job/a/path/%2Fvar%2Ftmp", "/metrics/job/a/path@base64/L3Zhci90bXA"],
  ["/metrics/job/a/path/%2Fvar/b/c", "/metrics/job/a/path@base64/L3Zhcg/b/c"],
];

/** Segments that Bun folds away, and what is left of the path. */
const DOTS: readonly (readonly [string, string])[] = [
  ["/metrics/job/a/b/..", "/metrics/job/a/"],
  ["/metrics/job/a/b/%2e%2e", "/metrics/job/a/"],
  ["/metrics/job/a/b/.", "/metrics/job/a/b/"],
  ["/metrics/job/a/./b/c", "/metrics/job/a/b/c"],
  ["/metrics/job/a/b/c/../d", "/metrics/job/a/b/d"],
  ["/metrics/foo/../job/a", "/metrics/job/a"],
];

/** All of them. */
export const paths: readonly Scenario[] = [
  ...EQUAL.map(pushAndDelete),
  ...BAD_JOBS.map((path) => ({ ...pushAndDelete(path), breaksReference: true })),
  ...REFUSED.map(([path, error, why, status = 400]) =>
    refusedPath(path, refusal({ why, error, status }))
  ),
  ...NOT_TEXT.map(([path, error]) => ({
    ...refusedPath(path, refusal({ why: NOT_UTF8, error })),
    state: { why: NOT_UTF8, lines: [] },
    breaksReference: true,
  })),
  ...SLASHES.map(([path, theirs]) => otherPath(path, theirs, SLASH)),
  ...DOTS.map(([path, theirs]) => otherPath(path, theirs, FOLDED)),
];

function refusedPath(path: string, ours: Difference): Scenario {
  return { name: `path ${path}`, requests: [send(`PUT ${path}`, BODY, { ours })] };
}

function otherPath(path: string, theirs: string, why: string): Scenario {
  return {
    name: `path ${path}`,
    requests: [send(`PUT ${path}`, BODY, { theirs: { why, path: theirs } })],
  };
}

function pushAndDelete(path: string): Scenario {
  const requests: Exchange[] = [
    send(`PUT ${path}`, BODY),
    send(`POST ${path}`, "b 2\n"),
    scrape(),
    send("GET /api/v1/metrics"),
    send(`DELETE ${path}`),
  ];
  const name = path.length > 80 ? `${path.slice(0, 60)}… (${path.length})` : path;
  return { name: `path ${name}`, requests };
}
