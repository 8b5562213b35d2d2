package dev.rlmbeam.sandbox;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Who may know whom. */
@AnalyzeClasses(
    packages = "dev.rlmbeam.sandbox",
    importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {

  @ArchTest
  static final ArchRule KNOWS_NEITHER_BEAM_NOR_MODELS_NOR_WHO_USES_IT =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.apache.beam..", "dev.rlmbeam.transforms..", "dev.rlmbeam.pipelines..");

  @ArchTest
  static final ArchRule USES_NOTHING_BUT_WHAT_WAS_DECIDED =
      classes()
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "dev.rlmbeam.sandbox..",
              "java..",
              "javax.net..",
              "com.fasterxml.jackson..",
              "com.google.errorprone.annotations..",
              "com.google.common.util.concurrent..",
              "com.google.protobuf..",
              "io.grpc..",
              "okhttp3..",
              "okio..",
              "kotlin..",
              "org.jspecify.annotations..",
              "org.slf4j..");

  @ArchTest
  static final ArchRule ONLY_THE_CLIENT_OF_MODAL_SPEAKS_ITS_PROTOCOL =
      noClasses()
          .that()
          .resideOutsideOfPackages("..sandbox.modal..", "..testing.emulator..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.grpc..", "com.google.protobuf..", "..sandbox.modal.proto..");

  @ArchTest
  static final ArchRule WHAT_A_SANDBOX_IS_KNOWS_NOT_HOW_IT_IS_HAD =
      noClasses()
          .that()
          .resideInAPackage("dev.rlmbeam.sandbox")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.rlmbeam.sandbox.repl..",
              "dev.rlmbeam.sandbox.local..",
              "dev.rlmbeam.sandbox.pool..");

  @ArchTest
  static final ArchRule TUNNELS_KNOW_NOT_WHERE_SANDBOXES_RUN =
      noClasses()
          .that()
          .resideInAPackage("..repl..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("dev.rlmbeam.sandbox.local..", "dev.rlmbeam.sandbox.pool..");

  @ArchTest
  static final ArchRule POOLS_KNOW_NOT_WHERE_SANDBOXES_RUN =
      noClasses()
          .that()
          .resideInAPackage("..pool..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.rlmbeam.sandbox.local..");

  @ArchTest
  static final ArchRule HOW_SANDBOXES_ARE_HAD_KNOWS_NOT_HOW_THEY_ARE_SHARED =
      noClasses()
          .that()
          .resideInAPackage("..local..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.rlmbeam.sandbox.pool..");
}
