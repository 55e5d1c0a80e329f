const words = (list: string): ReadonlySet<string> => new Set(list.split(" "));

/** The words that each language reserves, or that everybody colours as if it did. SQL's are in lower case. */
export const KEYWORDS = {
  script: words(
    "as async await break case catch class const continue debugger default delete do else enum export extends false " +
      "finally for from function get if implements import in instanceof interface let new null of private protected " +
      "public readonly return satisfies set static super switch this throw true try type typeof undefined var void " +
      "while with yield",
  ),
  python: words(
    "and as assert async await break case class continue def del elif else except False finally for from global if " +
      "import in is lambda match None nonlocal not or pass raise return self True try while with yield",
  ),
  shell: words(
    "break case cd continue do done echo elif else esac eval exec exit export fi for function if in local read return " +
      "set shift source test then trap unset until while",
  ),
  sql: words(
    "add all alter and as asc begin between by case check column commit constraint create cross default delete desc " +
      "distinct drop else end exists foreign from full group having if in index inner insert into is join key left like " +
      "limit not null offset on or order outer primary references returning right rollback select set table then " +
      "transaction union unique update values view when where with",
  ),
  json: words("true false null"),
} as const;
