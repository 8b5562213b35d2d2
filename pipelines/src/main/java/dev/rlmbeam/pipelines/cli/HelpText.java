package dev.rlmbeam.pipelines.cli;

import dev.rlmbeam.pipelines.options.OptionTable.Option;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What help says of an option. */
final class HelpText {
  private static final Pattern DEFAULT = Pattern.compile("\\s*Default: (.*?)\\.?$", Pattern.DOTALL);
  private static final Pattern FIRST_SENTENCE =
      Pattern.compile("^(.+?)[.;](?=\\s|$)", Pattern.DOTALL);

  private HelpText() {}

  /** For the short page, which leaves out what few need. */
  static Optional<String> unlessRare(Option option) {
    return option.rare() ? Optional.empty() : Optional.of(brief(option));
  }

  /** For the full page. */
  static Optional<String> inFull(Option option) {
    return Optional.of(whole(option));
  }

  /** Its first sentence, and the default in brackets. */
  static String brief(Option option) {
    Matcher first = FIRST_SENTENCE.matcher(option.description());
    return (first.find() ? first.group(1) : option.description()) + defaultOf(option);
  }

  /** All there is to say, and the default in brackets. */
  static String whole(Option option) {
    String text = DEFAULT.matcher(option.description().strip()).replaceFirst("");
    return text.replaceAll("\\s+", " ").strip() + defaultOf(option);
  }

  private static String defaultOf(Option option) {
    Matcher said = DEFAULT.matcher(option.description());
    if (option.isFlag() && !option.defaultValue().toLowerCase(Locale.ROOT).equals("true")) {
      return "";
    }
    if (!option.defaultValue().isEmpty()) {
      return " [" + option.defaultValue() + "]";
    }
    return option.group().isPresent() && said.find()
        ? " [" + said.group(1).replaceAll("\\s+", " ") + "]"
        : "";
  }
}
