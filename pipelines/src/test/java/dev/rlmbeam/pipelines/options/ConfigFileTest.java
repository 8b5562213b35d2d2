package dev.rlmbeam.pipelines.options;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.pipelines.options.GivenOptions.Origin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigFileTest {
  private static final OptionTable TABLE = OptionTable.of(BatchOptions.class);

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("job.yaml");
  }

  @Test
  void takesValuesListsAndMappings() throws IOException {
    BatchOptions options =
        Settings.of(
            BatchOptions.class,
            read(
                """
                # a job
                input: [a.jsonl, "b*.csv"]
                query: |
                  Who, where?
                  And why?
                maxTurns: 7
                maxErrorRate: 0.5
                overwrite: true
                modelBody: {temperature: 0, stop: [x]}
                targetParallelism: 3
                """));

    assertThat(options.getInput()).containsExactly("a.jsonl", "b*.csv").inOrder();
    assertThat(options.getQuery()).isEqualTo("Who, where?\nAnd why?\n");
    assertThat(options.getMaxTurns()).isEqualTo(7);
    assertThat(options.getMaxErrorRate()).isEqualTo(0.5);
    assertThat(options.getOverwrite()).isTrue();
    assertThat(options.getModelBody()).isEqualTo("{\"temperature\":0,\"stop\":[\"x\"]}");
  }

  @Test
  void theCommandLineWinsAndEachKnowsWhereItStands() throws IOException {
    GivenOptions commandLine =
        GivenOptions.of(List.of(new GivenOptions.Given("maxTurns", "9", Origin.COMMAND_LINE, "")));

    GivenOptions all = commandLine.over(read("query: q\nmaxTurns: 7\n"));

    assertThat(all.value("maxTurns")).hasValue("9");
    assertThat(all.find("query").map(GivenOptions.Given::place)).hasValue("job.yaml line 1");
    assertThat(all.all()).hasSize(2);
  }

  @Test
  void anUnknownKeyNamesTheNearest() throws IOException {
    assertThat(problem("query: q\nmaxTurn: 7\n"))
        .contains("job.yaml line 2: there is no option maxTurn; did you mean maxTurns?");
  }

  @Test
  void aKeyThatStandsTwiceIsNamedWithBothLines() throws IOException {
    assertThat(problem("query: q\nlimit: 1\nquery: p\n"))
        .isEqualTo("job.yaml line 3: query stands in line 1 already; leave one of them.");
  }

  @Test
  void tabsAreNamed() throws IOException {
    assertThat(problem("query: q\nmodelBody:\n\ttemperature: 0\n"))
        .isEqualTo("job.yaml line 3: a tab; YAML is indented with blanks.");
  }

  @Test
  void wrongTypesAreNamedWithTheirLine() throws IOException {
    assertThat(problem("query: q\nmaxTurns: many\n"))
        .isEqualTo("job.yaml line 2: maxTurns: many: must be a whole number.");
    assertThat(problem("maxTurns: [1, 2]\n"))
        .isEqualTo("job.yaml line 1: maxTurns takes one value, not a list.");
    assertThat(problem("overwrite: {a: 1}\n"))
        .isEqualTo("job.yaml line 1: overwrite takes true or false, not a mapping.");
    assertThat(problem("overwrite: maybe\n"))
        .isEqualTo("job.yaml line 1: overwrite: maybe: must be true or false.");
    assertThat(problem("query: q\nlimit:\n")).isEqualTo("job.yaml line 2: limit has no value.");
    assertThat(problem("input: [{a: 1}]\n"))
        .isEqualTo("job.yaml line 1: input takes a list of single values.");
  }

  @Test
  void whatIsNoMappingOrNoYamlIsNamed() throws IOException {
    assertThat(problem("- query\n- limit\n")).startsWith("job.yaml line 1: options stand as");
    assertThat(problem("query: q\n---\nlimit: 1\n")).contains("a second document");
    assertThat(problem("query: \"open\nlimit: 1\n")).matches("job.yaml line \\d: no YAML: .+");
    assertThat(problem("config: other.yaml\n")).contains("config cannot name another file");
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    assertThat(
            assertThrows(
                UsageException.class, () -> ConfigFile.read(folder + "/none.yaml", TABLE, TABLE)))
        .hasMessageThat()
        .isEqualTo("--config=" + folder + "/none.yaml: there is no such file.");
    assertThat(
            assertThrows(
                UsageException.class, () -> ConfigFile.read(folder.toString(), TABLE, TABLE)))
        .hasMessageThat()
        .contains("is a folder");
  }

  @Test
  void oneFileServesCommandsThatTakeLess() throws IOException {
    Files.writeString(file, "query: q\nmaxTurns: 7\n");
    OptionTable doctor = OptionTable.of(DoctorOptions.class);

    GivenOptions given = ConfigFile.read(file.toString(), doctor, TABLE);

    assertThat(given.value("maxTurns")).hasValue("7");
    assertThat(given.names("query")).isFalse();
    Files.writeString(file, "qery: q\n");
    assertThrows(UsageException.class, () -> ConfigFile.read(file.toString(), doctor, TABLE));
  }

  @Test
  void anEmptyFileSetsNothing() throws IOException {
    assertThat(read("").all()).isEmpty();
    assertThat(read("# nothing yet\n").all()).isEmpty();
  }

  private GivenOptions read(String yaml) throws IOException {
    Files.writeString(file, yaml);
    return ConfigFile.read(file.toString(), TABLE, TABLE);
  }

  private String problem(String yaml) throws IOException {
    Files.writeString(file, yaml);
    return assertThrows(
            UsageException.class,
            () -> Settings.of(BatchOptions.class, ConfigFile.read(file.toString(), TABLE, TABLE)))
        .getMessage();
  }
}
