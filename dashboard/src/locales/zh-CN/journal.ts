/** 日志中的动作；键就是日志里的代码。 */
export const journal = {
  journalAction: {
    account: {
      changed: '修改账号',
      created: '新建账号',
      'password-reset': '重设密码',
      removed: '移除账号',
    },
    alarm: {
      acknowledged: '确认报警',
      commented: '报警备注',
      reset: '复位报警',
      shelved: '搁置报警',
      unshelved: '取消搁置',
    },
    assessment: { entered: '录入人工指标', made: '生成评估' },
    channel: { tested: '测试通知渠道' },
    demonstration: { played: '播放演示场景', stopped: '停止演示场景' },
    escalation: { exhausted: '已通知所有人，无人确认' },
    incident: {
      acknowledged: '确认突发事件',
      closed: '结束突发事件',
      'level-set': '调整响应级别',
      opened: '启动应急预案',
      'step-recorded': '记录处置步骤',
    },
    job: { failed: '定时任务失败', missed: '错过定时任务' },
    limit: { changed: '修改限值' },
    password: { changed: '修改本人密码', refused: '修改密码被拒', reset: '命令行重设密码' },
    person: { added: '新增通知人员', changed: '修改通知人员', retired: '停用通知人员' },
    session: { closed: '退出登录', opened: '登录', refused: '登录被拒' },
    spool: { thinned: '暂存区抽稀' },
    structure: { applied: '应用档案馆文件' },
    telling: { 'fell-back': '改为通知其他人', 'nobody-reachable': '该职责无人可通知' },
    token: { created: '生成令牌', revoked: '吊销令牌' },
  },
};
