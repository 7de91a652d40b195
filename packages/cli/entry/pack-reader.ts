import "./node-20.ts";
import "../../../src/scan/history/pack-reader.ts";
