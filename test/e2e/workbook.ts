/** A workbook as Excel saves one, as small as can be: one sheet, its cells as texts. */
import { crc32 } from 'node:zlib';

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const SHEET = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

/** @param rows the texts of its cells, from the row with this number on */
export function workbook(rows: readonly string[][], firstRow = 1): Buffer {
	const relation = (type: string, target: string) =>
		`${XML}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/${type}" Target="${target}"/></Relationships>`;
	return zipped({
		'[Content_Types].xml': `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${TYPE}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${TYPE}.worksheet+xml"/></Types>`,
		'_rels/.rels': relation('officeDocument', 'xl/workbook.xml'),
		'xl/workbook.xml': `${XML}<workbook xmlns="${SHEET}" xmlns:r="${OFFICE}"><sheets><sheet name="People" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		'xl/_rels/workbook.xml.rels': relation('worksheet', 'worksheets/sheet1.xml'),
		'xl/worksheets/sheet1.xml': `${XML}<worksheet xmlns="${SHEET}"><sheetData>${rows.map((cells, index) => rowOf(cells, firstRow + index)).join('')}</sheetData></worksheet>`,
	});
}

function rowOf(cells: readonly string[], number: number): string {
	const written = cells.map((text, index) => {
		const escaped = text.replace(/[&<>\n]/g, (sign) => `&#${sign.charCodeAt(0)};`);
		const place = `${String.fromCharCode(65 + index)}${number}`;
		return `<c r="${place}" t="inlineStr"><is><t xml:space="preserve">${escaped}</t></is></c>`;
	});
	return `<row r="${number}">${written.join('')}</row>`;
}

/** A zip of files that are stored as they are. */
function zipped(files: Record<string, string>): Buffer {
	const parts: Buffer[] = [];
	const directory: Buffer[] = [];
	let offset = 0;
	for (const [name, text] of Object.entries(files)) {
		const data = Buffer.from(text);
		const path = Buffer.from(name);
		// What is said of a file, in the local header and in the directory alike: 26 bytes.
		const header = Buffer.alloc(26);
		header.writeUInt16LE(20, 0);
		header.writeUInt32LE(crc32(data), 10);
		header.writeUInt32LE(data.length, 14);
		header.writeUInt32LE(data.length, 18);
		header.writeUInt16LE(path.length, 22);
		const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), header, path, data]);
		const place = Buffer.alloc(14);
		place.writeUInt32LE(offset, 10);
		directory.push(Buffer.from('PK\u0001\u0002\u0014\u0000'), header, place, path);
		parts.push(local);
		offset += local.length;
	}
	const listed = Buffer.concat(directory);
	const end = Buffer.alloc(18);
	const count = Object.keys(files).length;
	end.writeUInt16LE(count, 4);
	end.writeUInt16LE(count, 6);
	end.writeUInt32LE(listed.length, 8);
	end.writeUInt32LE(offset, 12);
	return Buffer.concat([...parts, listed, Buffer.from('PK\u0005\u0006'), end]);
}
