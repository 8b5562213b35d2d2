package dev.rlmbeam.pipelines.quickstart;

import java.util.List;

/** Makes the document of a question: about a million characters, the answer somewhere in it. */
final class DocumentWriter {
  static final int CHARACTERS = 1_000_000;
  private static final int LEAST_SENTENCES = 3;
  private static final int MOST_SENTENCES = 8;
  private static final int PARAGRAPHS_A_HEADING = 6;

  private DocumentWriter() {}

  static String write(Question question) {
    // Of the id, so that no two documents are alike and each is the same every time.
    Prose prose = new Prose(question.kind(), question.id().hashCode());
    List<String> told = question.told();
    int next = 0;
    int nextAt = place(prose, 0, told.size());
    StringBuilder text = new StringBuilder(CHARACTERS + 4096);
    for (int paragraph = 0; text.length() < CHARACTERS || next < told.size(); paragraph++) {
      if (paragraph % PARAGRAPHS_A_HEADING == 0) {
        text.append(paragraph == 0 ? "" : "\n").append(prose.heading()).append("\n\n");
      }
      int sentences = prose.between(LEAST_SENTENCES, MOST_SENTENCES);
      for (int i = 0; i < sentences; i++) {
        text.append(i == 0 ? "" : " ");
        if (next < told.size() && text.length() >= nextAt) {
          text.append(told.get(next++));
          nextAt = place(prose, next, told.size());
        } else {
          text.append(prose.sentence());
        }
      }
      text.append("\n\n");
    }
    return text.toString();
  }

  /** Each told sentence somewhere in its own share of the document, away from both ends. */
  private static int place(Prose prose, int index, int of) {
    int share = CHARACTERS / of;
    return index * share + prose.between(share / 10, share - share / 10);
  }
}
