package dev.rlmbeam.pipelines.scale;

import dev.rlmbeam.pipelines.options.UsageException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Two numbers of an option, for prompts and for replies. */
record Pair(double first, double second) {
  private static final String NUMBER = "(\\d{1,12}(?:\\.\\d{1,12})?)";
  private static final Pattern FORM =
      Pattern.compile("\\s*" + NUMBER + "\\s*,\\s*" + NUMBER + "\\s*");

  /**
   * Reads them.
   *
   * @throws UsageException that names the option and the form
   */
  static Pair of(String option, String text, double most) {
    Matcher matcher = FORM.matcher(text);
    if (matcher.matches()) {
      Pair pair =
          new Pair(Double.parseDouble(matcher.group(1)), Double.parseDouble(matcher.group(2)));
      if (pair.first <= most && pair.second <= most) {
        return pair;
      }
    }
    throw UsageException.ofValue(
        option, text, String.format("two numbers from 0 to %.0f, such as 2000,300", most));
  }
}
