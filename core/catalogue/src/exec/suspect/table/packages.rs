//! Programs that install, build and configure software.

use super::super::freedom::Form;
use super::super::row::{Harm, Row, from, nth, operand, value};

#[rustfmt::skip] // a row a program, read across
pub(super) const ROWS: &[Row] = &[
    Row::new(
        &["apt", "apt-get", "aptitude", "apt-cache", "apt-config"],
        &[
            value(&["-o", "--option"], Form::Has("::"), Harm::Shell, "APT::Update::Pre-Invoke::=..."),
            value(&["-c", "--config-file"], Form::Content, Harm::Shell, "Pre-Invoke in the file"),
            from(1, Form::File, Harm::Program, "./package.deb, whose scripts run").only(&["install", "reinstall",
                "upgrade", "build-dep"]),
        ],
    )
    .takes(&["-t", "--target-release"])
    .option("-o APT::Update::Pre-Invoke::=..."),
    Row::new(
        &["dpkg", "rpm", "yum", "dnf", "zypper", "pacman", "apk", "snap", "flatpak", "opkg", "alpm"],
        &[
            value(&["-i", "--install", "--unpack", "-U", "--upgrade", "--pipe", "--eval", "-E", "--define", "--root",
                "--installroot", "--config", "-c"], Form::Content, Harm::Program, "a package, whose scripts run"),
            operand(Form::Has("/"), Harm::Program, "a package, whose scripts run"),
        ],
    )
    .option("-i"),
    Row::new(
        &["pip", "pip3", "pipx", "uv", "conda", "poetry"],
        &[
            from(1, Form::Free, Harm::Program, "a package, whose setup runs").only(&["install", "download", "wheel",
                "run", "add", "create"]),
            value(&["-r", "--requirement", "-e", "--editable", "-c", "--config-settings", "-i", "--index-url",
                "--extra-index-url", "-f", "--find-links"],
                Form::Content, Harm::Program, "a package, whose setup runs"),
        ],
    )
    .option("--index-url"),
    Row::new(
        &["npx", "bunx"],
        &[operand(Form::Free, Harm::Program, "any package, which runs")],
    ),
    Row::new(
        &["npm", "yarn", "pnpm", "bun", "corepack"],
        &[
            from(1, Form::Free, Harm::Program, "a package, whose scripts run")
                .only(&["install", "i", "add", "ci", "exec", "x", "dlx", "create", "init", "update", "run",
                    "run-script"]),
            value(&["--prefix", "-C", "--script-shell", "--cwd", "-c", "--call"],
                Form::Content, Harm::Program, "scripts in its package.json"),
        ],
    )
    .option("--script-shell"),
    Row::new(
        &["cpanm", "easy_install"],
        &[operand(Form::Free, Harm::Program, "a package, whose scripts run")],
    ),
    Row::new(
        &["gem", "composer", "cpan", "luarocks", "nix", "nix-env", "nix-build", "guix", "brew", "opam", "cabal",
            "stack"],
        &[
            from(1, Form::Free, Harm::Program, "a package, whose scripts run")
                .only(&["install", "require", "update", "build", "run", "shell", "develop", "exec", "create-project",
                    "open", "edit"]),
            value(&["-C", "-d", "--working-dir", "-f", "-E", "--expr", "-e"],
                Form::Content, Harm::Program, "scripts in its files"),
        ],
    ),
    Row::new(
        &["ansible", "ansible-playbook", "ansible-pull", "ansible-test"],
        &[
            value(&["-a", "--args", "-e", "--extra-vars", "-m", "--module-name"],
                Form::Free, Harm::Shell, "-m shell, or a template"),
            value(&["-i", "--inventory", "-M", "--module-path", "--playbook-dir", "--ssh-common-args",
                "--ssh-extra-args", "--vault-password-file"], Form::Content, Harm::Program, "a script as inventory"),
            operand(Form::Content, Harm::Shell, "any task in the file"),
        ],
    )
    .takes(&["-l", "--limit", "-u", "-f", "-t", "--tags"])
    .option("-e"),
    Row::new(
        &["puppet", "chef-client", "chef-solo", "salt", "salt-call", "terraform", "tofu", "packer", "vagrant",
            "pulumi", "helm", "helmfile", "kustomize", "facter", "cfengine"],
        &[
            value(&["-e", "--execute", "-var", "-var-file", "-chdir", "-f", "--values", "--set", "--set-file",
                "--post-renderer", "-c", "--config", "--custom-dir"],
                Form::Content, Harm::Program, "--post-renderer"),
            from(1, Form::Content, Harm::Program, "what the files there say"),
            nth(0, Form::Content, Harm::Program, "what the files there say"),
        ],
    ),
    Row::new(
        &["docker", "podman", "nerdctl", "buildah", "docker-compose", "ctr", "crictl", "runc", "lxc", "lxc-execute",
            "lxc-attach", "lxd", "machinectl", "singularity", "apptainer"],
        &[
            value(&["-v", "--volume", "--mount"],
                Form::Start("/x"), Harm::Write, "the machine's files, by -v /:/mnt"),
            value(&["--security-opt", "--device", "--cap-add", "--pid", "--entrypoint", "--userns", "--privileged"],
                Form::Free, Harm::Program, "--entrypoint"),
            value(&["-f", "--file", "--env-file", "--config", "-H", "--host"],
                Form::Content, Harm::Program, "what the file says"),
            from(1, Form::Start("x:/y"), Harm::Write, "container:/path").only(&["cp"]),
            from(1, Form::File, Harm::Read, "").only(&["cp", "build", "import", "load"]),
        ],
    )
    .takes(&["-e", "--env", "-p", "--name", "-u", "-w", "-n", "--tail", "--since"])
    .option("-v /:/mnt"),
    Row::new(
        &["kubectl", "oc", "k3s", "crossplane", "argocd", "istioctl"],
        &[
            value(&["-f", "--filename", "-k", "--kustomize", "--kubeconfig", "--from-file"],
                Form::Content, Harm::Program, "any pod, or an exec plugin in the kubeconfig"),
            value(&["--overrides", "-p", "--patch", "--image", "--as"], Form::Free, Harm::Program, "any pod"),
            from(1, Form::Start("x:/y"), Harm::Write, "pod:/path").only(&["cp"]),
            nth(0, Form::Free, Harm::Program, "exec"),
            value(&["--www"], Form::File, Harm::Read, "--www=/"),
        ],
    )
    .takes(&["-n", "--namespace", "-o", "--context", "-l", "-c"])
    .option("--kubeconfig"),
];
