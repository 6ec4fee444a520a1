export { Page, type PagePromise, pagePromise } from './page.js';
