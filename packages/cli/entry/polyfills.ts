/** Additions to the language since Node 20, as far as core-js has them. */
import "core-js/es/array/from-async.js";
import "core-js/es/iterator/index.js";
import "core-js/es/map/index.js";
import "core-js/es/object/group-by.js";
import "core-js/es/promise/index.js";
import "core-js/es/set/index.js";
