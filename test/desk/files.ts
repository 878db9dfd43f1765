/** The files that pass through the desk, read as n8n's Extract from File reads them, version 1.1. */
import { parse } from 'csv-parse/sync';
import type { IDataObject } from 'n8n-workflow';
import path from 'node:path';

/** A file in an execution: n8n keeps a reference to it beside the json. */
export interface Binary {
	fileName: string;
	bytes: Buffer;
}

/** *Extract From Text File*. `binary`: a character for each byte. */
export function textOf({ bytes }: Binary, encoding = 'utf8'): string {
	return bytes.toString(encoding === 'binary' ? 'latin1' : (encoding as BufferEncoding));
}

/**
 * *Extract From CSV*, without a row of names.
 *
 * @throws what csv-parse does not read; where the file is not named .csv, n8n puts a sentence of its
 * own in the place of the reason
 */
export function readCsv({ fileName, bytes }: Binary, options: IDataObject): string[][] {
	const { delimiter, encoding, enableBOM, headerRow, includeEmptyCells, ...others } = options;
	if (headerRow !== false || includeEmptyCells !== true || Object.keys(others).length > 0) {
		throw new Error('Only rows with all their cells are played');
	}
	const rows = attempt(() =>
		parse(bytes, {
			delimiter: String(delimiter),
			encoding: encoding as BufferEncoding,
			bom: enableBOM === true,
			skip_empty_lines: true,
		}),
	);
	if (!(rows instanceof Error)) return rows;
	const isCsv = path.extname(fileName) === '.csv';
	throw isCsv ? rows : new Error("The file selected in 'Input Binary Field' is not in csv format");
}

/** A workbook, for the desk as it is played: its rows as JSON, behind what each workbook begins with. */
export const workbookOf = (rows: unknown[][]) =>
	Buffer.from(`PK\u0003\u0004${JSON.stringify(rows)}`);

/**
 * *Extract From XLSX*, without a row of names: the rows of the first sheet, from its first row on.
 *
 * @throws where it is no workbook
 */
export function readWorkbook({ bytes }: Binary, options: IDataObject): unknown[][] {
	const { headerRow, includeEmptyCells, range, ...others } = options;
	const isPlain = headerRow === false && includeEmptyCells === true && range === '0';
	if (!isPlain || Object.keys(others).length > 0) {
		throw new Error('Only rows with all their cells are played');
	}
	return JSON.parse(bytes.subarray(4).toString()) as unknown[][];
}

/** What something gives, or the error that it throws. */
export function attempt<T>(act: () => T): T | Error {
	try {
		return act();
	} catch (error) {
		return error as Error;
	}
}
