import { work } from './work.ts';

declare const process: { readonly argv: readonly string[] };

const [, , jobFile = '', directory = ''] = process.argv;
void work(jobFile, directory).then((report) => console.log(JSON.stringify(report)));
