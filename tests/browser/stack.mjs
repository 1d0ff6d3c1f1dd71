// A stack of one's own, on an empty folder and a free port.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after } from "node:test";
import { fileURLToPath } from "node:url";

export const program = process.env.SPRINTSYNC_BIN ?? fileURLToPath(new URL("../../target/debug/sprintsync", import.meta.url));

/** Starts it with these options; `said` is what it wrote before it was ready, and `stop` ends it and leaves nothing. */
export async function start(...options) {
  const data = mkdtempSync(join(tmpdir(), "sprintsync-"));
  const child = spawn(program, ["--data", join(data, "stack"), "--port", "0", ...options], { stdio: ["ignore", "ignore", "pipe"] });
  const stop = async () => {
    const ended = child.exitCode === null && new Promise((resolve) => { child.once("exit", resolve); });
    child.kill();
    await ended;
    rmSync(data, { recursive: true, force: true });
  };
  const said = [];
  for await (const line of createInterface({ input: child.stderr })) {
    const found = /running at (\S+)/.exec(line);
    if (found) return { url: found[1], data: join(data, "stack"), said, stop };
    said.push(line);
  }
  await stop();
  throw new Error(`the stack did not start with ${options.join(" ")}:\n${said.join("\n")}`);
}

/** The same for as long as a file of scenes runs. */
export async function stack(...options) {
  const started = await start(...options);
  after(started.stop);
  return started;
}

/** Makes somebody an administrator of a stack, as its operator does. */
export const grantAdmin = ({ data }, { username }) => execFileSync(program, ["grant-admin", username, "--data", data]);
