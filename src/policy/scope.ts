/** The commits that a scan has to cover, and under which name its verdict is kept. */
export type Scope =
  | { readonly kind: "push"; readonly ref: string; readonly before: string | null; readonly after: string }
  | { readonly kind: "pull_request"; readonly number: number; readonly base: string; readonly head: string }
  | { readonly kind: "merge_group"; readonly ref: string; readonly base: string; readonly head: string };

/** The commit whose check run shows the scope's verdict. */
export function headOf(scope: Scope): string {
  return scope.kind === "push" ? scope.after : scope.head;
}

/** The name under which one scope replaces an earlier one of the same ref, pull request or merge group. */
export function keyOf(scope: Scope): string {
  switch (scope.kind) {
    case "push":
      return `push:${scope.ref}`;
    case "pull_request":
      return `pull_request:${scope.number}`;
    case "merge_group":
      return `merge_group:${scope.ref}`;
  }
}
