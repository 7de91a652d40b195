import { buttonAnswerSchema } from "../domain/index.ts";
import type { Queries } from "./database.ts";
import type { Buttons } from "./record.ts";

/** The last click on each button of a check, over PostgreSQL. */
export function createButtons(queries: Queries): Buttons {
  return {
    async put(repositoryId, head, { button, login, result, role, at }) {
      await queries.run(
        `INSERT INTO button_answers (repository_id, head, button, login, result, role, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (repository_id, head, button) DO UPDATE
         SET login = excluded.login, result = excluded.result, role = excluded.role, at = excluded.at`,
        [repositoryId, head, button, login, result, role, at],
      );
    },

    at: (repositoryId, head) =>
      queries.rows(
        buttonAnswerSchema,
        `SELECT button, login, result, role, at FROM button_answers
         WHERE repository_id = $1 AND head = $2 ORDER BY button COLLATE "C"`,
        [repositoryId, head],
      ),
  };
}
