// SPDX-License-Identifier: Apache-2.0
// jenkins.groovy - docs/ci/Jenkinsfile run by Groovy, with the steps it uses
//
//   groovy jenkins.groovy JENKINSFILE FOLDER
//
// FOLDER/scm is what is checked out, FOLDER/archive what the last good build left.
// Each node has a workspace of its own below FOLDER/nodes, and gets from others only
// what was stashed; sh runs real commands. Of a step as much is here as the template
// asks of it; a parameter that the real one has not is an error.
import java.nio.file.FileSystems
import java.nio.file.Files

def (script, folder) = [new File(args[0]), new File(args[1])]
def stashes = [:], workspaces = 0
def here = new ThreadLocal<File>(), variables = ThreadLocal.withInitial { [] }

// Only parameters of the plugin's documentation.
def only = { Map given, List known ->
    def other = given.keySet() - known
    if (other) throw new IllegalArgumentException("no such parameter: $other")
}
// Files below a folder that an Ant pattern selects.
def select = { File base, String pattern ->
    def matcher = FileSystems.default.getPathMatcher("glob:$pattern")
    def found = []
    base.eachFileRecurse { file ->
        def path = base.toPath().relativize(file.toPath())
        if (file.isFile() && matcher.matches(path)) found << path.toString()
    }
    found
}
def copy = { File from, File to ->
    to.parentFile.mkdirs()
    Files.copy(from.toPath(), to.toPath(), java.nio.file.StandardCopyOption.REPLACE_EXISTING,
        java.nio.file.StandardCopyOption.COPY_ATTRIBUTES)
}
def take = { File from, String pattern, File to, boolean flat = false ->
    select(from, pattern).each { copy(new File(from, it), new File(to, flat ? new File(it).name : it)) }
}

def steps = [
    stage: { String name, Closure body -> println "stage $name"; body() },
    node: { String label, Closure body ->
        def before = here.get()
        here.set(new File(folder, "nodes/${workspaces++}"))
        here.get().mkdirs()
        try { body() } finally { here.set(before) }
    },
    parallel: { Map branches -> branches.each { name, body -> println "branch $name"; body() } },
    checkout: { what -> assert what == 'scm'; take(new File(folder, 'scm'), '**', here.get()) },
    withEnv: { List more, Closure body ->
        variables.set(variables.get() + more)
        try { body() } finally { variables.set(variables.get() - more) }
    },
    sh: { what ->
        def options = what instanceof Map ? what : [script: what]
        only(options, ['script', 'returnStatus', 'returnStdout', 'encoding', 'label'])
        def file = File.createTempFile('step', '.sh')
        // As the plugin does: a script without its own first line is run by sh -xe.
        file.text = options.script.startsWith('#!') ? options.script : "#!/bin/sh -xe\n${options.script}"
        file.executable = true
        def command = new ProcessBuilder(file.path).directory(here.get()).inheritIO()
        variables.get().each { def (name, value) = it.split('=', 2); command.environment()[name] = value }
        def status = command.start().waitFor()
        file.delete()
        if (options.returnStatus) return status
        if (status) throw new RuntimeException("script returned exit code $status")
    },
    stash: { Map options ->
        only(options, ['name', 'includes', 'excludes', 'allowEmpty', 'useDefaultExcludes'])
        def place = new File(folder, "stashes/${options.name}")
        take(here.get(), options.includes, place)
        if (!place.exists() && !options.allowEmpty) throw new RuntimeException('No files included in stash')
        stashes[options.name] = place
    },
    unstash: { String name -> take(stashes[name], '**', here.get()) },
    lastSuccessful: { -> 'lastSuccessful' },
    copyArtifacts: { Map options ->
        only(options, ['projectName', 'selector', 'filter', 'excludes', 'target', 'flatten', 'optional',
            'fingerprintArtifacts', 'parameters', 'resultVariableSuffix'])
        def archive = new File(folder, 'archive')
        if (archive.exists())
            take(archive, options.filter, new File(here.get(), options.target ?: '.'), options.flatten ?: false)
        else if (!options.optional)
            throw new RuntimeException('Unable to find a build for artifact copy')
    },
    junit: { Map options ->
        only(options, ['testResults', 'skipMarkingBuildUnstable', 'keepProperties', 'allowEmptyResults',
            'checksName', 'healthScaleFactor', 'keepLongStdio', 'keepTestNames', 'skipOldReports',
            'skipPublishingChecks', 'stdioRetention', 'testDataPublishers'])
        def files = select(here.get(), options.testResults)
        if (!files) throw new RuntimeException('No test report files were found')
        files.each { copy(new File(here.get(), it), new File(folder, it)) }
    },
    archiveArtifacts: { String pattern -> take(here.get(), pattern, folder) },
    error: { String text -> throw new RuntimeException(text) },
]
try {
    new GroovyShell(new Binding(steps + [env: [JOB_NAME: 'crmatrix'], scm: 'scm'])).evaluate(script)
} catch (RuntimeException e) {
    println "ERROR: ${e.message}"
    System.exit(1)
}
