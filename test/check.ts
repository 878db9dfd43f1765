/**
 * `npm run check -- <what> [arguments]`: what takes longer than `npm test` is to take. Ends as that
 * ends, and with 1 where nothing is called so.
 */
import { spawnSync } from 'node:child_process';

/** The commands by name; npm has put the folder that they are in into the path. */
export const CHECKS: Record<string, [command: string, ...args: string[]]> = {
	long: ['jest', '--config', 'test/jest/long.config.js'],
	engines: ['tsx', 'test/engines/run.ts'],
	mutation: ['node', 'test/mutation/run.js'],
	e2e: ['jest', '--config', 'test/e2e/jest.config.js'],
	scan: ['tsx', 'test/scan/run.ts'],
	contract: ['tsx', 'test/package/contract/write.ts'],
	try: ['tsx', 'test/e2e/try.ts'],
};

function main([what = '', ...given]: string[]): number {
	const check = CHECKS[what];
	if (check === undefined) {
		console.error(`npm run check -- ${Object.keys(CHECKS).join('|')}`);
		return 1;
	}
	const [command, ...args] = check;
	const { status } = spawnSync(command, [...args, ...given], {
		stdio: 'inherit',
		shell: process.platform === 'win32',
	});
	return status ?? 1;
}

if (require.main === module) process.exitCode = main(process.argv.slice(2));
