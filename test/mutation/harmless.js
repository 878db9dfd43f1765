/**
 * Mutants that nobody could notice, and why: by file, mutator and the text replaced; by the replacement,
 * too, where another one would be noticed. `npm run test:mutation` does not count them, and fails over
 * an entry that names nothing.
 */
module.exports = [];
