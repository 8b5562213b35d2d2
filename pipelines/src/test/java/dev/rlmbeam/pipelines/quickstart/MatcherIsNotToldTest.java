package dev.rlmbeam.pipelines.quickstart;

import static com.google.common.truth.Truth.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The keyword matcher knows nothing of the quickstart: none of the words of its questions, answers
 * and documents stands in the matcher's strings, but those that {@code general-words.txt} names
 * with a reason.
 */
final class MatcherIsNotToldTest {
  private static final Path MATCHER =
      Path.of("..", "transforms", "src", "main", "java", "dev", "rlmbeam", "transforms", "model")
          .resolve("offline");
  private static final Path TEXTS =
      Path.of("src", "main", "resources", "dev", "rlmbeam", "pipelines", "quickstart");
  private static final Pattern WORD = Pattern.compile("\\p{L}{4,}|\\d{3,}");

  /** Comments and characters are matched too, so that no quote in one of them opens a string. */
  private static final Pattern STRING =
      Pattern.compile(
          "\"\"\"(?<block>.*?)\"\"\"|\"(?<line>(?:[^\"\\\\\\n]|\\\\.)*+)\""
              + "|'(?:[^'\\\\]|\\\\.)+'|//[^\\n]*|/\\*.*?\\*/",
          Pattern.DOTALL);

  /** What an ending may add to a word of the matcher, which compares stems. */
  private static final int ENDING = 3;

  @Test
  void noWordOfQuestionsAndAnswersStandsInTheMatcher() throws IOException {
    Set<String> asked = new TreeSet<>();
    for (Question question : Questions.all()) {
      asked.addAll(words(question.text()));
      asked.addAll(words(question.expected()));
      question.told().forEach(told -> asked.addAll(words(told)));
    }
    Set<String> stems = matcherWords();
    stems.removeAll(generalWords());

    assertThat(asked).containsAtLeast("quillmoor", "badger", "impeller", "1768");
    assertThat(asked.stream().filter(word -> stems.stream().anyMatch(stem -> isFormOf(word, stem))))
        .isEmpty();
  }

  @Test
  void noWordOfTheDocumentsStandsInTheMatcher() throws IOException {
    Set<String> told = new TreeSet<>();
    for (Path text : files(TEXTS, ".txt")) {
      for (String line : Files.readAllLines(text)) {
        // A name of a list, in brackets or braces, is not of the documents.
        told.addAll(line.startsWith("[") ? Set.of() : words(line.replaceAll("\\{[^}]*}", " ")));
      }
    }
    assertThat(told).containsAtLeast("pemberton", "eastmarsh");
    Set<String> general = generalWords();

    told.retainAll(matcherWords());

    told.removeIf(general::contains);
    assertThat(told).isEmpty();
  }

  @Test
  void theMatchersWordsAreFoundWhereverTheyStand() throws IOException {
    assertThat(matcherWords())
        .containsAtLeast("january", "taught", "thirteen", "temperature", "query", "captain");
    assertThat(
            strings(
                "int a = 'x'; // \"not this\"\n/* \"nor this\" */ f(\"some \\\"words\\\"\", '\"');"
                    + " g(\"\\\\bmore\\\\b\", \"\"\"\n  a \"block\"\n  \"\"\");"))
        .containsExactly("some", "words", "more", "block");
  }

  private static boolean isFormOf(String word, String stem) {
    return word.startsWith(stem) && word.length() - stem.length() <= ENDING;
  }

  private static Set<String> matcherWords() throws IOException {
    Set<String> words = new TreeSet<>();
    for (Path source : files(MATCHER, ".java")) {
      words.addAll(strings(Files.readString(source)));
    }
    return words;
  }

  private static Set<String> strings(String source) {
    Set<String> words = new TreeSet<>();
    Matcher string = STRING.matcher(source);
    while (string.find()) {
      String line = string.group("line");
      String text = line == null ? string.group("block") : line;
      if (text != null) {
        // An escape such as \b or \n is no part of the word after it.
        words.addAll(words(text.replaceAll("\\\\+[a-zA-Z]", " ")));
      }
    }
    return words;
  }

  private static Set<String> generalWords() throws IOException {
    try (InputStream in = MatcherIsNotToldTest.class.getResourceAsStream("general-words.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#") && !line.startsWith("["))
          .flatMap(line -> words(line).stream())
          .collect(Collectors.toCollection(HashSet::new));
    }
  }

  private static Set<String> words(String text) {
    return WORD.matcher(text)
        .results()
        .map(word -> word.group().toLowerCase(Locale.ROOT))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static List<Path> files(Path folder, String ending) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
