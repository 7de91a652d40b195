import { join } from "node:path";
import { parseArgs } from "node:util";
import { redactText } from "../src/detect/index.ts";
import { AppProcessError } from "./app-process.ts";
import { NoCheckError } from "./observe.ts";
import { createPaint } from "./paint.ts";
import { runDemo } from "./run-demo.ts";
import { PAST_KEY, STORY, WORKING_KEYS } from "./story.ts";

const USAGE = `npm run demo                  tells the story, then shows the verdict of each push you make, until Ctrl+C
npm run -s demo -- --once     tells the story; exit code 0 only if every verdict was as expected
    --out FOLDER              where to write the page (demo-out)`;

const NARROW = 60;
const WIDE = 110;

/** As shells count it: 128 and the number of the signal. */
const INTERRUPTED = 130;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      once: { type: "boolean", default: false },
      out: { type: "string", default: join(import.meta.dirname, "../demo-out") },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const interruption = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (interruption.signal.aborted) process.exit(INTERRUPTED);
      interruption.abort();
    });
  }
  const colour = process.stdout.isTTY && process.stdout.hasColors();
  try {
    const held = await runDemo({
      story: STORY,
      workingKeys: WORKING_KEYS,
      pastKey: PAST_KEY,
      once: values.once,
      out: values.out,
      signal: interruption.signal,
      audience: {
        print: (line) => console.log(line),
        paint: createPaint(colour),
        width: Math.min(WIDE, Math.max(NARROW, process.stdout.columns ?? WIDE)),
      },
    });
    return held ? 0 : 1;
  } catch (error) {
    if (interruption.signal.aborted) {
      console.log("\nStopped; everything is removed.");
      return INTERRUPTED;
    }
    // An error of git quotes its command, and a commit's message may hold a key.
    console.error(`\n${redactText(explained(error))}`);
    return 1;
  }
}

function explained(error: unknown): string {
  if (error instanceof AppProcessError || error instanceof NoCheckError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

// What still waits for a push would keep the process alive.
process.exit(await main());
