const { rm } = require('node:fs/promises');
const { dest, src } = require('gulp');

exports.clean = async () => await rm('dist', { recursive: true, force: true });

// tsc compiles the code; this brings along what tsc leaves behind: the icons and the codex files.
exports.assets = () =>
	src('{nodes,credentials}/**/*.{svg,node.json}', { encoding: false }).pipe(dest('dist'));
