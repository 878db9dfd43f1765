import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { failure, type Reason } from '../../nodes/zoho/failures';

const CRM = 'Zoho CRM Unblock Email';
const CAMPAIGNS = 'Zoho Campaigns Do-Not-Mail';

const root = path.resolve(__dirname, '../..');

/** The cells of the table under a title, its headings first, as they were before they were wrapped. */
function rowsOf(output: string, title: string): string[][] {
	const [heading = '', rule = '', ...lines] = output
		.slice(output.indexOf(`\n${title}\n`))
		.split('\n')
		.slice(3);
	const columns = [...rule.matchAll(/─+/g)].map(({ index, 0: { length } }) => [index, length]);
	const rows: string[][] = [];
	for (const line of [heading, ...lines.slice(0, lines.indexOf(''))]) {
		const cells = columns.map(([from = 0, length = 0]) => line.slice(from, from + length).trim());
		const above = rows.at(-1);
		if (cells[0] !== '' || above === undefined) rows.push(cells);
		else rows[rows.length - 1] = above.map((cell, i) => `${cell} ${cells[i]}`.trim());
	}
	return rows;
}

describe('npm start', () => {
	let output: string;

	beforeAll(async () => {
		// Rejects at any exit code but 0.
		const { stdout } = await promisify(execFile)(
			process.execPath,
			['--import', 'tsx', path.join('test', 'demo', 'start.ts')],
			{ cwd: root },
		);
		output = stdout;
	});

	it('prints how many rows of the two lists came to which outcome', () => {
		expect(output).toContain('408 bounced leads to unblock, 46 addresses to suppress');
		expect(rowsOf(output, 'Outcomes')).toEqual([
			['Node', 'Outcome', 'Items'],
			[CRM, 'unblocked', '389'],
			[CRM, 'alreadyUnblocked', '6'],
			[CRM, 'failed (error branch)', '13'],
			[CAMPAIGNS, 'moved', '38'],
			[CAMPAIGNS, 'alreadyInDoNotMail', '3'],
			[CAMPAIGNS, 'failed (error branch)', '5'],
		]);
	});

	it('prints the failures with their count, reason and resolution', () => {
		const failures = rowsOf(output, 'Failures').slice(1);

		expect(failures.map(([count, reason]) => [reason, Number(count)]).sort()).toEqual([
			['invalidEmail', 5],
			['invalidRecordId', 2],
			['permanentlyBlocked', 7],
			['recordNotFound', 2],
			['unblockLimitReached', 2],
		]);
		for (const [, reason = '', , resolution] of failures) {
			expect(resolution).toBe(failure(reason as Reason, { message: '' }).resolution);
		}
	});

	it('prints how many API calls it took, and how many a call a row would have taken', () => {
		const [, [crm, crmCalls, leads] = [], campaigns] = rowsOf(output, 'API calls');

		expect([crm, leads]).toEqual([CRM, '408']);
		expect(Number(crmCalls)).toBeLessThan(408 / 3);
		// Each address once: not the five that are none, nor the four that are there twice.
		expect(campaigns).toEqual([CAMPAIGNS, '37', '46']);
	});

	it('fits into a terminal of 100 columns', () => {
		expect(output.split('\n').filter((line) => line.length > 100)).toEqual([]);
	});
});
