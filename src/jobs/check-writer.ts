/**
 * The state machine of one check run. It records its intent before each request and the answer after it. If the answer is
 * missing, the state of the run is unknown, and GitHub is asked before anything else is done. It knows nothing of
 * verdicts: it shows the report it is given. Annotations can only be added to a run, so if one must go, a new run with the
 * same name takes its place.
 */
import { createHash, randomUUID } from "node:crypto";
import type { CurrentRepository } from "../domain/index.ts";
import type { CheckRunContent, GitHubClient } from "../github/index.ts";
import {
  ANNOTATIONS_PER_REQUEST,
  createCheckRun,
  findCheckRun,
  GitHubError,
  updateCheckRun,
} from "../github/index.ts";
import type { CheckRunReport, InProgressReport } from "../report/index.ts";
import type { RunRecord } from "../store/index.ts";

/** The record has changed since the verdict was made, or another writer holds the check. */
export class MovedOn extends Error {
  override readonly name = "MovedOn";
  readonly claimLost: boolean;

  constructor(claimLost: boolean) {
    super("The record has moved on.");
    this.claimLost = claimLost;
  }
}

/**
 * When the state of a run is kept: before a request; after its answer; after the answer to the last request, with which the
 * run shows what it should.
 */
export type SaveStage = "intent" | "answer" | "last_answer";

interface WriterParts {
  readonly octokit: GitHubClient;
  readonly repository: CurrentRepository;
  readonly head: string;
  /** Of the check. */
  readonly name: string;
  readonly run: RunRecord | null;
  /**
   * Keeps the state of the run on record. An intent is refused if the record has changed.
   *
   * @throws MovedOn
   */
  save(state: RunRecord, stage: SaveStage): Promise<void>;
}

/** What is on record of a run after a request. */
interface Kept {
  /** Digests of all that it shows then. */
  readonly annotations: readonly string[];
  readonly digest: string | null;
  readonly isLast: boolean;
}

export class CheckWriter {
  readonly #parts: WriterParts;
  #state: RunRecord | null;

  constructor(parts: WriterParts) {
    this.#parts = parts;
    this.#state = parts.run;
  }

  /** The run as far as it is known; null: none, or none that can still be used. */
  get state(): RunRecord | null {
    return this.#state;
  }

  isGreen(): boolean {
    return this.#state !== null && this.#state.conclusion !== null && this.#state.conclusion !== "failure";
  }

  /** Leaves the run as it is: the next report gets a new one. */
  forget(): void {
    this.#state = null;
  }

  /**
   * Asks GitHub what became of a request whose answer is not on record. A run that should have turned green and has not
   * may still do so, if the request arrives late. Then a newer run takes its place.
   */
  async settleUnknown(): Promise<void> {
    const known = this.#state;
    if (known === null || !known.pending) return;
    const { octokit, repository, head, name } = this.#parts;
    const found = await findCheckRun(octokit, repository, { name, head, externalId: known.externalId });
    const mayTurnGreen = known.conclusion !== null && known.conclusion !== "failure";
    if (found === null || found.conclusion === "other" || (mayTurnGreen && found.conclusion === null)) {
      this.#state = null;
      return;
    }
    const state: RunRecord = {
      externalId: known.externalId,
      runId: found.id,
      conclusion: found.conclusion,
      pending: false,
      annotations: known.annotations.slice(0, found.annotations),
      digest: null,
    };
    await this.#parts.save(state, "answer");
    this.#state = state;
  }

  /** Opens a new run in progress, which counts from then on. */
  async open({ title, summary }: InProgressReport): Promise<void> {
    const content = { conclusion: null, output: { title, summary }, annotations: [] };
    await this.#create(content, { annotations: [], digest: null, isLast: true });
  }

  /** Shows the report: updates the run if annotations only grow, otherwise opens a new run. */
  async show(report: CheckRunReport, digest: string): Promise<void> {
    const digests = report.annotations.map((annotation) => digestOf(JSON.stringify(annotation)));
    const isPublic = !this.#parts.repository.private;
    const output = {
      title: report.title,
      summary: report.summary,
      // In public, what an earlier report said must go even if nothing takes its place.
      ...(report.text === null && !isPublic ? {} : { text: report.text ?? "" }),
    };
    if (this.#state?.annotations.every((one, index) => one === digests[index]) === false) {
      // The run that is replaced stays readable: at least its text must say no more than the new one.
      const { conclusion, annotations } = this.#state;
      if (isPublic) {
        await this.#update(
          this.#state,
          { conclusion, output, annotations: [] },
          { annotations, digest: null, isLast: false },
        );
      }
      this.forget();
    }
    let shown = 0;
    do {
      shown = this.#state?.annotations.length ?? 0;
      const annotations = report.annotations.slice(shown, shown + ANNOTATIONS_PER_REQUEST);
      shown += annotations.length;
      const last = shown >= digests.length;
      const content = {
        conclusion: last ? report.conclusion : null,
        output,
        annotations,
        actions: last ? report.actions : [],
      };
      const kept = { annotations: digests.slice(0, shown), digest: last ? digest : null, isLast: last };
      if (this.#state === null) {
        await this.#create(content, kept);
      } else if (!(await this.#update(this.#state, content, kept))) {
        this.forget();
        shown = 0;
      }
    } while (this.#state === null || shown < digests.length);
  }

  async #create(content: CheckRunContent, { annotations, digest, isLast }: Kept): Promise<void> {
    const { octokit, repository, head, name } = this.#parts;
    const externalId = randomUUID();
    const state = { externalId, runId: null, conclusion: content.conclusion, annotations };
    await this.#parts.save({ ...state, pending: true, digest: null }, "intent");
    const runId = await createCheckRun(octokit, repository, { name, head, externalId, content });
    await this.#answered({ ...state, runId, pending: false, digest }, isLast);
  }

  /** False if GitHub has deleted the run, as it does with old ones. */
  async #update(
    run: RunRecord,
    content: CheckRunContent,
    { annotations, digest, isLast }: Kept,
  ): Promise<boolean> {
    const { octokit, repository } = this.#parts;
    if (run.runId === null) return false;
    const state = {
      externalId: run.externalId,
      runId: run.runId,
      conclusion: content.conclusion,
      annotations,
    };
    await this.#parts.save({ ...state, pending: true, digest: null }, "intent");
    try {
      await updateCheckRun(octokit, repository, run.runId, content);
    } catch (error) {
      if (error instanceof GitHubError && error.code === "not_found") return false;
      throw error;
    }
    await this.#answered({ ...state, pending: false, digest }, isLast);
    return true;
  }

  async #answered(state: RunRecord, isLast: boolean): Promise<void> {
    this.#state = state;
    await this.#parts.save(state, isLast ? "last_answer" : "answer");
  }
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
