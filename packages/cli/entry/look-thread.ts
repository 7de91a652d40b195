import "./node-20.ts";
import "../../../src/cli/look-worker.ts";
