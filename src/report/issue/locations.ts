import { code, commitUrl, fileUrl, link, table } from "../markdown.ts";
import { looseName } from "../words/past-words.ts";
import type { LeakLocation, LeakRecord } from "./issue.ts";

/** The places of a credential, the newest first: as many as fit `budget` bytes, and how many there are besides. */
export function locationTable(
  { locations, locationCount }: Pick<LeakRecord, "locations" | "locationCount">,
  budget: number,
): string {
  return table(
    ["Where", "Commit", "Repository"],
    locations,
    (location) => [
      locationText(location),
      location.commit === null
        ? ""
        : link(code(location.commit.slice(0, 7)), commitUrl(location.repository.url, location.commit)),
      link(code(location.repository.fullName), location.repository.url),
    ],
    budget,
    locationCount - locations.length,
  );
}

/** One place, linked where it is a line of a file. */
export function locationText({ place, path, line, commit, repository }: LeakLocation): string {
  switch (place) {
    case "content": {
      if (path === null) return looseName({ commit });
      const label = code(`${path}:${line}`);
      const url = commit === null ? null : fileUrl(repository.url, commit, path, line);
      return url === null ? label : link(label, url);
    }
    case "path":
      return `file name ${code(path ?? "")}`;
    case "commit_message":
      return "commit message";
    case "author":
      return "author or committer";
    case "tag_message":
      return "tag message";
    case "tag_name":
      return "tag name";
    case "ref_name":
      return "branch or tag name";
  }
}
