/** The text of a file of SQL, as Vite hands it over. */
declare module "*.sql?raw" {
  const text: string;
  export default text;
}
