// Made by build.mjs from dispatch/messages/*.json.
declare module "catalogue" {
  const catalogue: Readonly<Record<string, Readonly<Record<"zh" | "en", string>>>>;
  export default catalogue;
}
declare module "*.css";
