#!/usr/bin/env bash
# A Slurm of virtual nodes on this one machine, for tests; loopback only.
#
#   slurm.sh start FOLDER NODE...   one partition of the nodes; everything but Slurm's packages lies in FOLDER
#   slurm.sh stop FOLDER            ends what start began, and nothing else
#
# Status 77: it cannot be had here, and the last line says why.
set -euo pipefail

cannot() { echo "no Slurm: $*" >&2; exit 77; }
fail() { echo "slurm.sh: $*" >&2; tail -n 20 "$folder"/*.log >&2 || true; exit 1; }

within() {  # within SECONDS COMMAND...: until the command succeeds
    local left=$(($1 * 10)); shift
    until "$@" &> /dev/null; do ((left--)) || return 1; sleep 0.1; done
}

runs() { [ -s "$1" ] && [ "$(cat "/proc/$(cat "$1")/comm" 2> /dev/null)" = "$2" ]; }  # runs PIDFILE NAME

# Services that packages would start on installation are not wanted: only those started here run, and end.
install() {
    [ -n "$(command -v slurmctld)" ] && [ -n "$(command -v slurmd)" ] && [ -n "$(command -v munged)" ] && return
    [ -n "$(command -v apt-get)" ] || cannot 'it is not installed, and there is no apt-get'
    local policy=/usr/sbin/policy-rc.d
    [ -e "$policy" ] || { printf '#!/bin/sh\nexit 101\n' > "$policy"; chmod +x "$policy"; trap "rm $policy" EXIT; }
    (apt-get update && apt-get install -y --no-install-recommends slurmctld slurmd slurm-client munge) \
        > "$folder/apt.log" 2>&1 < /dev/null || cannot "apt-get: $(grep -m 1 '^E:' "$folder/apt.log")"
}

answers() { munge -n | unmunge; }

authenticate() {
    answers &> /dev/null && return
    install_folder() { command install -d -o munge -g munge -m "$@"; }
    install_folder 755 /run/munge
    install_folder 700 /etc/munge /var/lib/munge /var/log/munge
    [ -s /etc/munge/munge.key ] || runuser -u munge -- mungekey
    runuser -u munge -- munged
    within 10 answers || fail 'munged does not answer'
    cp /run/munge/munged.pid "$folder/munged.pid"
}

configure() {
    local memory port=6820
    memory=$(($(awk '/^MemTotal/ {print $2}' /proc/meminfo) / 1024 / 2 / $#))
    cat << END
$mark
ClusterName=virtual
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmUser=root
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/%n
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/%n.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/%n.log
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SlurmdParameters=config_overrides
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
KillWait=5
ReturnToService=2
SchedulerParameters=sched_min_interval=100000,sched_interval=5,bf_interval=5
EnforcePartLimits=ALL
MailProg=/bin/true
MpiDefault=none
END
    for node; do
        echo "NodeName=$node NodeAddr=127.0.0.1 Port=$((++port)) CPUs=2 RealMemory=$memory"
    done
    echo 'PartitionName=virtual Nodes=ALL Default=YES MaxTime=INFINITE'
}

start_node() {  # with a host name and a /var/tmp of its own, where the kernel lets us
    local own="hostname $1; mount --bind $folder/hosts /etc/hosts; mount --bind $folder/$1.tmp /var/tmp"
    mkdir -p "$folder/$1" "$folder/$1.tmp"
    if unshare --uts --mount true 2> /dev/null; then
        unshare --uts --mount sh -ec "$own; exec slurmd -N $1"
    else
        slurmd -N "$1"
    fi
}

ready() { [ "$(sinfo --noheader --Node --format %T | grep -cx idle)" = "$1" ]; }

start() {
    [ "$(id -u)" = 0 ] || cannot 'starting one takes root'
    mkdir -p "$folder/state"
    install
    # Snakemake's jobs look for the configuration only here. One that a killed run of these tests left is replaced.
    local known=/etc/slurm/slurm.conf
    [ ! -e "$known" ] || grep -qx "$mark" "$known" || cannot "$known is of another one"
    configure "$@" > "$folder/slurm.conf"
    mkdir -p /etc/slurm
    ln -sfn "$folder/slurm.conf" "$known"
    authenticate
    runs "$folder/slurmctld.pid" slurmctld || slurmctld || fail 'slurmctld did not start'
    { cat /etc/hosts; printf '127.0.0.1 %s\n' "$@"; } > "$folder/hosts"
    for node; do
        runs "$folder/$node.pid" slurmd || start_node "$node" || fail "slurmd of $node did not start"
    done
    within 40 ready $# || fail "nodes are not ready: $(sinfo --noheader --Node --format '%N %T %E' | tr '\n' ';')"
}

stop() {
    if runs "$folder/slurmctld.pid" slurmctld; then
        timeout 10 scancel --user "$(id -un)" || true
        within 10 sh -c '[ -z "$(squeue --noheader)" ]' || true
    fi
    for file in "$folder"/*.pid; do
        case "$(basename "$file" .pid)" in
            slurmctld | munged) name=$(basename "$file" .pid) ;;
            *) name=slurmd ;;
        esac
        runs "$file" "$name" || continue
        pid=$(cat "$file")
        kill "$pid"
        within 10 sh -c "! kill -0 $pid" || kill -KILL "$pid"
    done
    [ "$(readlink /etc/slurm/slurm.conf)" != "$folder/slurm.conf" ] || rm /etc/slurm/slurm.conf
}

mark='# Made by tests/cluster/slurm.sh'
action=$1 folder=$(realpath -m "$2")
shift 2
mkdir -p "$folder"
"$action" "$@"
