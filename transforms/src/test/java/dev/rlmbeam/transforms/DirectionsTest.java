package dev.rlmbeam.transforms;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Which package may know which. */
@AnalyzeClasses(packages = "dev.rlmbeam", importOptions = DoNotIncludeTests.class)
class DirectionsTest {

  @ArchTest
  static final ArchRule THE_SANDBOX_MODULE_KNOWS_NEITHER_BEAM_NOR_MODELS =
      noClasses()
          .that()
          .resideInAPackage("dev.rlmbeam.sandbox..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.beam..", "dev.rlmbeam.transforms..");

  @ArchTest
  static final ArchRule MODELS_KNOW_NEITHER_BEAM_NOR_SANDBOXES =
      noClasses()
          .that()
          .resideInAPackage("dev.rlmbeam.transforms.model..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.apache.beam..",
              "org.joda..",
              "dev.rlmbeam.sandbox..",
              "dev.rlmbeam.transforms",
              "dev.rlmbeam.transforms.rlm..");

  @ArchTest
  static final ArchRule THE_TURN_LOOP_KNOWS_NOTHING_OF_BEAM =
      noClasses()
          .that()
          .resideInAPackage("dev.rlmbeam.transforms.rlm..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.apache.beam..",
              "org.joda..",
              "dev.rlmbeam.transforms",
              "dev.rlmbeam.sandbox.local..");

  @ArchTest
  static final ArchRule THE_BEAM_FACE_KNOWS_NO_KIND_OF_SANDBOX =
      noClasses()
          .that()
          .resideInAPackage("dev.rlmbeam.transforms")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.rlmbeam.sandbox.local..");

  @ArchTest
  static final ArchRule PACKAGES_OF_TRANSFORMS_ARE_FREE_OF_CYCLES =
      slices().matching("dev.rlmbeam.transforms.(*)..").should().beFreeOfCycles();
}
