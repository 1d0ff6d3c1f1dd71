// The function that CloudFront runs before every request of a viewer, as it stands in the template.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const template = readFileSync(new URL("../../infra/template.yaml", import.meta.url), "utf8");
const lines = template.split("FunctionCode: |\n")[1].split("\n");
const end = lines.findIndex((line) => line !== "" && !line.startsWith("        "));
const handler = new Function(`${lines.slice(0, end).join("\n")}; return handler;`)();

const viewed = (uri, headers = {}) =>
  handler({ viewer: { ip: "2001:db8::7" }, request: { method: "GET", uri, headers: { host: { value: "sprintsync.example" }, ...headers } } });

test("one slash at the end goes, as in front.rs", () => {
  for (const [asked, sent] of [["/", "/"], ["/tasks", "/tasks"], ["/tasks/", "/tasks"], ["/tasks//", "/tasks/"], ["//", "/"], ["/a%2F", "/a%2F"]]) {
    assert.equal(viewed(asked).uri, sent, asked);
  }
});

test("the functions are told who the viewer is, whatever the viewer says", () => {
  const { headers } = viewed("/", { "x-viewer-ip": { value: "203.0.113.1" }, "x-viewer-host": { value: "evil.example" } });
  assert.deepEqual(headers["x-viewer-ip"], { value: "2001:db8::7" });
  assert.deepEqual(headers["x-viewer-host"], { value: "sprintsync.example" });
});
