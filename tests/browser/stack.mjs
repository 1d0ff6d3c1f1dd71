// A stack of one's own, on an empty folder and a free port, for as long as a file of scenes runs.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after } from "node:test";

export const program = process.env.SPRINTSYNC_BIN ?? "../../target/debug/sprintsync";

/** Starts it with these options; `said` is what it wrote before it was ready. */
export async function stack(...options) {
  const data = mkdtempSync(join(tmpdir(), "sprintsync-"));
  const child = spawn(program, ["--data", join(data, "stack"), "--port", "0", ...options], { stdio: ["ignore", "ignore", "pipe"] });
  after(async () => {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill();
    await ended;
    rmSync(data, { recursive: true, force: true });
  });
  const said = [];
  for await (const line of createInterface({ input: child.stderr })) {
    const found = /running at (\S+)/.exec(line);
    if (found) return { url: found[1], data: join(data, "stack"), said };
    said.push(line);
  }
  throw new Error(`the stack did not start with ${options.join(" ")}`);
}

/** Makes somebody an administrator of a stack, as its operator does. */
export const grantAdmin = ({ data }, { username }) => execFileSync(program, ["grant-admin", username, "--data", data]);
