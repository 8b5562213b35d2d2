package dev.rlmbeam.pipelines;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Which package of this module may know which. */
@AnalyzeClasses(packages = "dev.rlmbeam.pipelines", importOptions = DoNotIncludeTests.class)
final class DirectionsTest {
  private static final String HERE = "dev.rlmbeam.pipelines";

  @ArchTest
  static final ArchRule NO_RUNNER_IS_NEEDED_TO_BUILD =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.beam.runners..", "org.apache.flink..");

  @ArchTest
  static final ArchRule OPTIONS_KNOW_NOTHING_OF_WHAT_IS_DONE_WITH_THEM =
      noClasses()
          .that()
          .resideInAPackage(HERE + ".options")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              HERE,
              HERE + ".cli",
              HERE + ".io",
              HERE + ".report",
              HERE + ".quickstart",
              HERE + ".schema");

  @ArchTest
  static final ArchRule THE_COMMAND_LINE_IS_READ_WITHOUT_KNOWING_THE_COMMANDS =
      noClasses()
          .that()
          .resideInAPackage(HERE + ".cli")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(HERE, HERE + ".io", HERE + ".report", HERE + ".quickstart");

  @ArchTest
  static final ArchRule THE_COMMAND_LINE_LIBRARY_IS_KNOWN_IN_ONE_PLACE =
      noClasses()
          .that()
          .resideOutsideOfPackage(HERE + ".cli")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("picocli..");

  @ArchTest
  static final ArchRule REPORTS_KNOW_NOTHING_OF_READING_AND_WRITING =
      noClasses()
          .that()
          .resideInAPackage(HERE + ".report")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              HERE, HERE + ".io", HERE + ".options", HERE + ".quickstart", HERE + ".schema");

  @ArchTest
  static final ArchRule ONLY_THE_COMMAND_LINE_KNOWS_THE_QUICKSTART =
      noClasses()
          .that()
          .resideOutsideOfPackages(HERE, HERE + ".quickstart")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(HERE + ".quickstart");

  @ArchTest
  static final ArchRule ONLY_BEAM_FINDS_THE_SCHEMA_TRANSFORM =
      noClasses()
          .that()
          .resideOutsideOfPackage(HERE + ".schema")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(HERE + ".schema");

  @ArchTest
  static final ArchRule THE_SCHEMA_TRANSFORM_KNOWS_NOTHING_OF_COMMANDS_AND_REPORTS =
      noClasses()
          .that()
          .resideInAPackage(HERE + ".schema")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(HERE, HERE + ".report", HERE + ".quickstart", HERE + ".bench");

  @ArchTest
  static final ArchRule THERE_ARE_NO_CIRCLES =
      slices().matching(HERE + ".(*)..").should().beFreeOfCycles();
}
