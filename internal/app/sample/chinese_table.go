package sample

// Names carry their reading after a slash: it goes into e-mail addresses and
// the Latin form, and is never shown in the name itself.
var chinese = &tongue{
	code: "zh",
	men: []string{
		"伟强/Weiqiang", "建国/Jianguo", "志明/Zhiming", "浩然/Haoran", "俊杰/Junjie", "文博/Wenbo", "海涛/Haitao", "立新/Lixin", "子轩/Zixuan",
		"国栋/Guodong", "鹏/Peng", "晓峰/Xiaofeng", "永康/Yongkang", "磊/Lei", "嘉诚/Jiacheng", "宇航/Yuhang",
	},
	women: []string{
		"丽娟/Lijuan", "晓燕/Xiaoyan", "雅婷/Yating", "慧敏/Huimin", "秀英/Xiuying", "静怡/Jingyi", "思雨/Siyu", "海燕/Haiyan", "玉兰/Yulan",
		"欣怡/Xinyi", "佳慧/Jiahui", "梅/Mei", "婉清/Wanqing", "雪/Xue", "若琳/Ruolin", "诗涵/Shihan",
	},
	families: []string{
		"王/Wang", "李/Li", "张/Zhang", "陈/Chen", "刘/Liu", "杨/Yang", "黄/Huang", "赵/Zhao", "吴/Wu", "周/Zhou", "徐/Xu", "孙/Sun", "马/Ma",
		"朱/Zhu", "胡/Hu", "郭/Guo", "何/He", "林/Lin", "罗/Luo", "欧阳/Ouyang", "谢/Xie", "唐/Tang", "沈/Shen", "韩/Han",
	},
	eastern: true,
	stems: []string{
		"恒远/Hengyuan", "瑞丰/Ruifeng", "金桥/Jinqiao", "华信/Huaxin", "东岭/Dongling", "安和/Anhe", "宏泰/Hongtai", "青禾/Qinghe", "新源/Xinyuan",
		"百川/Baichuan", "锦绣/Jinxiu", "天和/Tianhe", "云帆/Yunfan", "嘉禾/Jiahe", "广润/Guangrun", "盛达/Shengda", "福临/Fulin", "启明/Qiming",
		"永盛/Yongsheng", "汇通/Huitong", "松江源/Songjiangyuan", "翠湖/Cuihu", "明德/Mingde", "长风/Changfeng",
	},
	trades: map[string][]string{
		food: {"食品/Food", "乳业/Dairy"}, logistics: {"冷链物流/Coldchain", "仓储/Storage"},
		health: {"医药/Pharma", "医疗/Medical"}, hotels: {"酒店/Hotels", "餐饮/Catering"},
		making: {"机械/Machinery", "精密制造/Precision", "塑胶/Plastics"}, shops: {"超市/Markets", "商贸/Trade"},
		schools: {"研究院/Institute", "教育/Education"}, farms: {"农业/Agri", "果蔬/Produce"},
		power: {"能源/Energy", "水务/Water"}, houses: {"物业/Property", "置业/Estates"},
	},
	titles: []role{
		{"总经理", "管理层"}, {"技术总监", "技术部"}, {"采购经理", "采购部"}, {"厂长", "生产部"}, {"质量经理", "质量部"},
		{"设施主管", "行政部"}, {"信息部经理", "信息部"}, {"设备主管", "设备部"}, {"财务经理", "财务部"},
	},
	projects: []string{
		"t:冷链温度监测", "v:设备振动监测", "t:温湿度传感器", "l:漏水检测", "l:冷库门禁报警", "传感器部署", "t:审计温度记录", "v:预测性维护试点",
	},
	sites:     []string{"%d号厂房", "%d号冷库", "总部", "北区", "%d号生产线", "试点", "全部厂区"},
	renewal:   "Insight续费 %d",
	expansion: "追加 %s",
	text: phrases{
		notes: []string{
			"今天和{contact}看了现场，共{n}个测点，其中两个在钢门后面，需要多加一个网关。",
			"目前还是纸质记录，上次审计花了一周。{contact}最关心的是能直接导出给审计看的报表。",
			"{contact}对{product}比较满意，担心零下25度的电池寿命，已经发了测试报告。",
			"预算在集团，不在工厂。{contact}说董事会之后帮我们引见。",
			"{rival}也报了价，大约便宜一成，但是不含校准证书，客户必须要证书。",
			"{n}个传感器试运行{days}天，没有断过数据。半夜发现冷库门没关，客户印象很深。",
			"信息部问数据怎么出去，已发安全说明。走LTE、不接他们内网可以接受。",
			"希望分两批交货，方便各班组培训，价格不变。",
			"{site}的老记录仪每个月都坏，从这里切入最合适。",
			"{contact}想看同行业的案例，我来安排电话交流。",
		},
		won: []string{
			"合同已签。关键是价格里含校准证书，三周内装完。",
			"{contact}今天盖章了，先做{site}，{days}天后一起看效果。",
			"收到采购订单，没有改动，已安排安装。",
		},
		lost: map[string]string{
			lostPrice:    "输在价格，{rival}低了将近两成。",
			lostRival:    "客户选了{rival}，兄弟工厂已经在用。两年后再跟进。",
			lostBudget:   "今年预算砍了，{contact}请我们一月份再报一次。",
			lostSilence:  "{days}天联系了五次没有回复，先关闭。",
			lostFeature:  "客户要防爆型，我们没有，已反馈给产品部。",
			lostPostpone: "项目推迟到新厂房建成之后。",
		},
		calls: []said{
			{"首次电话 {contact}", "有{rooms}间冷库，每天人工巡检两次，同意我们上门。"},
			{"报价问题", "希望安装费单列，{contact}问批量价。"},
			{"跟进决策", "材料在总经理那里，{days}天内有答复。"},
			{"技术沟通", "两道混凝土墙的信号、短信报警、分厂区权限，都已说明。"},
			{"价格谈判", "客户要求让八个点，本季度下单可以给五个点。"},
		},
		again: []said{
			{"扩容沟通", "{contact}对现有系统满意，隔壁{rooms}间冷库也要装。"},
			{"年度回访电话", "上个月报警两次，都是真的。客户要{site}的报价。"},
		},
		meetings: []said{
			{"现场勘查 {site}", "和{contact}一起确认了{n}个测点，照片已存。"},
			{"产品演示", "演示了报警、平面图和审计导出，问得最多的是权限。"},
			{"报价讨论", "逐项过了一遍，维保保留，培训减半天。"},
			{"试点总结", "{n}个传感器，数据完整。{contact}建议全面推广。"},
		},
		tasks: []said{
			{"发送{site}报价", "校准单列一项。"}, {"给{contact}回电话", ""}, {"发安全说明给信息部", ""}, {"预订演示箱", ""},
			{"准备现场勘查", ""}, {"确认下单时间", "{product}库存不多了。"},
		},
		leadCalls: []said{
			{"首次联系", "展会上看到我们，想了解{n}个点的大概价格。"},
			{"未接通", "出差到下周，已留言。"},
			{"需求确认", "今年有预算，厂长决定，希望{days}天内开始。"},
		},
		next:       []string{"发送修改后的报价", "董事会后打电话", "约定现场勘查时间", "等信息部确认", "等采购订单", "展示试点结果"},
		interests:  []string{"冷库温度记录", "水泵振动传感器", "替代纸质记录", "夜间报警", "请发价格表", "多厂区统一看板"},
		background: []string{"家族企业，老板亲自拍板。", "每年三月审计，之前要全部到位。", "发票只收电子版。", ""},
		places:     []string{"客户现场", "视频会议", "展会", "公司展厅"},
	},
}
