/** 2: the words or the file are wrong, and nothing was computed; 1: it failed. */
const usageProblem =
  /^(pipeline|parameter|param|sweep|kind|graph|example)\.|^run\.no-node$|^model\.unknown$|^run\.unknown$|^usage$/;

export const exitCodeOf = (problemCode: string | undefined): 1 | 2 =>
  problemCode !== undefined && usageProblem.test(problemCode) ? 2 : 1;
