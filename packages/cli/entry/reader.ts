import "./node-20.ts";
import "../../../src/scan/history/reader.ts";
