// Preloaded into every child process on Node 22 and later.
require('../kernel/node_compat.cjs').restoreRemovedFunctions();
