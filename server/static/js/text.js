/** Find names however they are typed: without diacritics, in either case, in any of the languages. */

// Letters that are not a base letter plus a mark, so that Unicode decomposition leaves them as they are.
const PLAIN = { ə: "e", ı: "i", ø: "o", ł: "l", đ: "d", æ: "ae", ё: "е", й: "и" };
// Ways in which keyboards write the Uzbek oʻ, gʻ and the tutuq.
const APOSTROPHES = /[\u02BB\u02BC\u2018\u2019'`´]/g;

/**
 * @param {string} text
 * @returns {string} small letters without marks: "Şəxsiyyət" and "sexsiyyet" become one
 */
export function fold(text) {
  return text
    .replace(/[İI]/g, "i")
    .toLowerCase()
    .replace(APOSTROPHES, "")
    .replace(/[əıøłđæёй]/g, (letter) => PLAIN[letter])
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

/**
 * @param {string} query folded
 * @param {string} text folded
 * @returns {number} 0 = not found; the higher the better: whole start, start of a word, inside a word
 */
export function matchRank(query, text) {
  const words = query.split(" ");
  let rank = text.startsWith(query) ? 2 : 0;
  for (const word of words) {
    if (` ${text}`.includes(` ${word}`)) rank += 3;
    else if (word.length > 2 && text.includes(word)) rank += 1;
    else return 0;
  }
  return rank;
}
