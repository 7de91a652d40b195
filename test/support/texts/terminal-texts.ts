import type { Finding } from "../../../src/domain/index.ts";
import { FORMATS } from "../../../src/report/index.ts";
import type { ScanReport } from "../../../src/report/index.ts";
import { madeFinding } from "../reported.ts";
import { everyFinding, everyGap, manyPlaces, name, scanReportOf } from "./cases.ts";
import type { ShownText } from "./cases.ts";

export function terminalTexts(): ShownText[] {
  const reports: [string, ScanReport][] = [
    ["nothing", scanReportOf([])],
    [
      "every gap",
      scanReportOf([], { gaps: everyGap(), notes: ["2 paths were skipped because of --exclude"] }),
    ],
    ...everyFinding().map((finding): [string, ScanReport] => [name(finding), scanReportOf([finding])]),
    ["1,000 places", scanReportOf(manyPlaces(1000))],
    [
      "low, 154 times",
      scanReportOf([
        madeFinding(),
        ...manyPlaces(154).map((finding): Finding => ({ ...finding, confidence: "low", mode: "test" })),
      ]),
    ],
    [
      "with --explain",
      scanReportOf([], {
        dismissals: [
          {
            path: "a.ts",
            dismissal: {
              reason: "other_vendor",
              explanation: "A key of Paystack: 40 hexadecimal digits.",
              redacted: "sk_live_…abcd",
              line: 3,
              column: 4,
            },
          },
        ],
      }),
    ],
  ];
  return FORMATS.filter(({ name: format }) => format !== "json").flatMap((format) =>
    reports.map(([title, report]) => ({
      name: `${format.name.toUpperCase()}: ${title}`,
      text: format.render(report, { colour: false, version: "1.0.0" }),
    })),
  );
}
